"""What is known of functions and modules that no data needs: which no list has to be complete in, for none is needed.

What is not on the list of what a pickle may take is never proved safe; what is here is told by what it does.
"""

from __future__ import annotations

_DOES: dict[str, str] = {
    "which runs commands": """
        os posix nt subprocess pty commands popen2 _posixsubprocess _winapi venv ensurepip pip distutils.spawn pipes
        uuid._get_command_stdout uuid._popen _osx_support _aix_support _pyrepl.pager imaplib.IMAP4_stream mailcap
        platform._syscmd_file platform._syscmd_ver platform.popen test.support torch.utils.collect_env
        torch._inductor torch.utils.cpp_extension asyncio webbrowser antigravity pydoc.pipepager pydoc.tempfilepager
        multiprocessing numpy.distutils
    """,
    "which runs code": """
        builtins.eval builtins.exec builtins.execfile runpy code timeit profile cProfile pdb bdb doctest trace
        cgi.test test idlelib lib2to3 numpy.testing._private.utils.runstring numpy.testing.utils.runstring
        numpy.testing.runstring numpy.f2py torch.utils.bottleneck torch._dynamo torch.fx torch.jit torch.hub
        torch.package site.execsitecustomize site.execusercustomize site.main atexit sympy.parsing sympy.sympify
        asteval numexpr pandas.eval pandas.core.computation IPython transformers.dynamic_module_utils
        tensorflow.keras.layers.Lambda keras.layers.Lambda
    """,
    "which compiles code": "builtins.compile codeop py_compile compileall",
    "which makes functions of code": """
        types.FunctionType types.LambdaType types.CodeType types.MethodType types.ModuleType marshal _marshal
    """,
    "which makes functions of the code that the file holds": "dill cloudpickle",
    "which imports any module": """
        builtins.__import__ importlib imp pkgutil zipimport zipfile._path pydoc.locate pydoc.safeimport
        django.utils.module_loading hydra.utils hydra._internal logging.config
    """,
    "which calls any native code": "ctypes _ctypes cffi",
    "by which any function can be reached": """
        builtins.getattr builtins.globals builtins.locals builtins.vars builtins.dir inspect gc
        operator.attrgetter operator.itemgetter operator.methodcaller operator.call _operator.attrgetter
        _operator.itemgetter _operator.methodcaller _operator.call functools.partial functools.partialmethod
        functools.reduce builtins.map builtins.filter builtins.apply
    """,
    "by which anything is changed": "builtins.setattr builtins.delattr",
    "which stops in a debugger": "builtins.breakpoint",
    "which opens files": """
        builtins.open builtins.file io.open io.FileIO io.open_code _io.open _io.FileIO _io.open_code
        codecs.open linecache difflib.HtmlDiff fileinput tempfile glob mmap
        logging.FileHandler logging.handlers numpy.fromfile numpy.memmap numpy.loadtxt numpy.genfromtxt
    """,
    "which changes files": "shutil distutils.file_util distutils.dir_util zipfile tarfile sqlite3 dbm shelve",
    "which opens connections": """
        socket _socket ssl urllib urllib2 http httplib requests aiohttp httpx ftplib telnetlib poplib imaplib nntplib
        xmlrpc xmlrpclib socketserver asyncore paramiko
    """,
    "which sends mail": "smtplib",
    "which unpickles again": """
        pickle _pickle cPickle torch.load torch.serialization.load torch.utils.data.datapipes torch.utils._config_module
        numpy.load joblib.load joblib.numpy_pickle.load pandas.read_pickle pandas.io.pickle
        sklearn.externals.joblib.load
    """,
    "which changes the interpreter": "sys faulthandler resource",
    "which starts threads": "threading.Thread threading.Timer _thread.start_new_thread concurrent.futures",
    "which sends signals": "signal",
}
_DANGERS = {name: what for what, names in _DOES.items() for name in names.split()}
_IN_PYTHON_2 = {"__builtin__": "builtins", "__builtins__": "builtins"}


def dangerous(module: str, name: str) -> str:
    """What a global is known to do, as the end of a sentence; empty where it is not known to be dangerous."""
    parts = f"{_IN_PYTHON_2.get(module, module)}.{name}".split(".")
    heads = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((_DANGERS[head] for head in heads if head in _DANGERS), "")
