"""Classes of scikit-learn that a pickle may make, each of which stores what it is given and does nothing else.

Read of scikit-learn 1.9.1 (sklearn/base.py): none of these, nor a class that it inherits from, has a `__new__`,
`__reduce__`, `__getattr__`, `__setattr__`, `__del__`, `__eq__` or `__hash__` of its own, none has slots, and the only
`__setstate__` is that of `BaseEstimator`: it takes the version out of the state, warns where that is another, and
updates `__dict__`. What the attributes are was judged when it was made, so that no function can be among them but
those of the list. Loading one can thus only build data.

Left out on purpose: estimators of trees, neighbours and kernel machines, for their parts in Cython take indices into
memory from the state; those that hold others (pipelines, searches, ensembles) and those with a cache, for theirs
may name a folder from which pickles are loaded; those that take a function by design (FunctionTransformer); and the
four that have methods of their own (IsotonicRegression, FrozenEstimator, the two passive-aggressive ones).
"""

from __future__ import annotations

from ourhalf.artifacts.pickles.values import Global

_CLASSES = {
    "linear_model._base": "LinearRegression",
    "linear_model._bayes": "ARDRegression BayesianRidge",
    "linear_model._coordinate_descent": """
        ElasticNet ElasticNetCV Lasso LassoCV MultiTaskElasticNet MultiTaskElasticNetCV MultiTaskLasso MultiTaskLassoCV
    """,
    "linear_model._huber": "HuberRegressor",
    "linear_model._least_angle": "Lars LarsCV LassoLars LassoLarsCV LassoLarsIC",
    "linear_model._logistic": "LogisticRegression LogisticRegressionCV",
    "linear_model._omp": "OrthogonalMatchingPursuit OrthogonalMatchingPursuitCV",
    "linear_model._perceptron": "Perceptron",
    "linear_model._quantile": "QuantileRegressor",
    "linear_model._ridge": "Ridge RidgeCV RidgeClassifier RidgeClassifierCV",
    "linear_model._theil_sen": "TheilSenRegressor",
    "svm._classes": "LinearSVC LinearSVR",
    "naive_bayes": "BernoulliNB CategoricalNB ComplementNB GaussianNB MultinomialNB",
    "discriminant_analysis": "LinearDiscriminantAnalysis QuadraticDiscriminantAnalysis",
    "preprocessing._data": """
        Binarizer KernelCenterer MaxAbsScaler MinMaxScaler Normalizer PowerTransformer QuantileTransformer RobustScaler
        StandardScaler
    """,
    "preprocessing._encoders": "OneHotEncoder OrdinalEncoder",
    "preprocessing._label": "LabelBinarizer LabelEncoder MultiLabelBinarizer",
    "preprocessing._polynomial": "PolynomialFeatures",
    "decomposition._pca": "PCA",
    "decomposition._incremental_pca": "IncrementalPCA",
    "decomposition._truncated_svd": "TruncatedSVD",
    "decomposition._factor_analysis": "FactorAnalysis",
    "decomposition._nmf": "NMF MiniBatchNMF",
    "cross_decomposition._pls": "CCA PLSCanonical PLSRegression PLSSVD",
    "cluster._kmeans": "KMeans MiniBatchKMeans",
    "mixture._gaussian_mixture": "GaussianMixture",
    "mixture._bayesian_mixture": "BayesianGaussianMixture",
    "impute._base": "SimpleImputer MissingIndicator",
    "covariance._empirical_covariance": "EmpiricalCovariance",
    "covariance._shrunk_covariance": "LedoitWolf OAS ShrunkCovariance",
    "feature_selection._variance_threshold": "VarianceThreshold",
    "feature_extraction.text": "TfidfTransformer",
    "random_projection": "GaussianRandomProjection SparseRandomProjection",
    "dummy": "DummyClassifier DummyRegressor",
}

ESTIMATORS = frozenset(
    Global(f"sklearn.{module}", name) for module, names in _CLASSES.items() for name in names.split()
)
"""The classes, by the modules in which scikit-learn has kept them since 0.22."""
