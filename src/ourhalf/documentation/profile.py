"""The page of the profile: every field, its default and an example."""

from __future__ import annotations

from importlib.resources import files

from ourhalf.documentation.fields import fields, kinds
from ourhalf.documentation.pages import Pages, code, page
from ourhalf.profile.document import Profile

_INTRODUCTION = """\
The profile says what your company asks: how sensitive data is, what holds beyond the defaults, and which failures
somebody accepts until when. It is YAML or JSON. `ourhalf init` writes one to start from; `ourhalf assess` takes
`ourhalf.yaml` where it is called, else at the root of its first target, else what `--profile` names. Its JSON
Schema is printed by `ourhalf schema profile`; an editor that knows JSON Schema then checks it while you write.

A mistake in the profile ends the run with exit status 2 and names the line."""

_MEANINGS = {
    "Profile": {
        "version": "The version of this format.",
        "sensitivity": "How sensitive data is where no scope says otherwise.",
        "regulations": "Regulations and frameworks in force, such as `hipaa` or `pci-dss`.",
        "parameters": "What controls ask beyond their defaults.",
        "severities": "Severities by control id, where a control matters more or less to you than usual.",
        "disabled": "Controls that are not asked, by id, each with the reason. They become not applicable.",
        "scopes": "Where more or less is asked.",
        "exceptions": "Failures that somebody accepts.",
    },
    "Parameters": {
        "approved_registries": "Registries that images may come from. `*` stands for any text.",
        "allowed_regions": "AWS regions in which things may be.",
        "required_tags": "Tags that resources must carry.",
        "public_ports": "Ports that may be open to the internet.",
        "trusted_cidrs": "Address ranges that count as inside.",
        "trusted_accounts": "AWS accounts to which resources may be opened.",
        "log_retention_days": "For how many days logs must be kept at least.",
        "remediation_days": "In how many days a vulnerability is to be fixed once a fix is there, by severity. Left "
        "out, the days of `ourhalf vulnerabilities` with their sources.",
        "advisories_max_age_days": "How old advisories may be before what they do not say is unknown; 7 if left out.",
        "require_customer_keys": "Whether encryption must use customer managed keys.",
        "require_proved_models": "Whether a model file fails where loading it is not proved harmless. Left out, that "
        "is unknown, and only what is dangerous fails.",
        "data_formats_from": "From which sensitivity on models must be in formats that hold nothing but data, such as "
        "safetensors; `regulated` where it is left out. Below it, a pickle that is proved safe will do.",
        "trusted_models": "SHA-256 digests, in hexadecimal, of the model files that may be loaded. Where there are "
        "digests or keys, every other model file fails.",
        "trusted_model_keys": "Public keys (elliptic curve, as PEM) of publishers whose signatures by OpenSSF's "
        "model-signing make a model file one that may be loaded. Needs `ourhalf[model-signing]`.",
        "accepted_model_licenses": "Licences that model files may state, as they write them (`apache-2.0`).",
        "platforms": "The way in which a workload (by name) or service runs, where configuration leaves several "
        "possible: a column of [the matrix](responsibilities.md), such as `eks-fargate`.",
    },
    "Scope": {
        "match": "Which subjects the scope is about. All that is stated must match.",
        "sensitivity": "How sensitive their data is. Of the scopes that match, the strictest wins.",
        "regulations": "Regulations in force there, besides those of the profile.",
        "parameters": "Parameters that replace those of the profile there.",
        "severities": "Severities that replace those of the profile there.",
        "name": "What reports call the scope.",
    },
    "Match": {
        "path": "The path of the file, relative to the target. `*` stands for any text.",
        "workload": "The name of the workload. `*` stands for any text.",
        "service": "`ec2`, `ecs`, `eks` or `sagemaker`.",
        "bucket": "The name of a bucket. `*` stands for any text.",
        "advisory": "The id of a vulnerability, or an alias of it, such as `CVE-2025-32434`. `*` stands for any text.",
        "package": "The name of the package that a vulnerability is in. `*` stands for any text.",
        "tags": "Tags or labels by name. In their values `*` stands for any text.",
    },
    "Exception": {
        "control": "The id of the control; `*` stands for any text.",
        "owner": "Who accepts the failure.",
        "reason": "Why.",
        "expires": "The last day on which the exception counts.",
        "scope": "Which subjects it is about; all of them where nothing is stated.",
        "id": "A name of your own for it.",
    },
}

_EFFECTS = {
    "Parameters": "Nothing is asked where a parameter is left out.",
    "Match": "A scope whose tag or bucket cannot be told from the files counts as matching.",
    "Exception": "A failure under an exception keeps its status, is listed as accepted, and does not count for the "
    "exit status. An exception that ran out, and one that matches nothing, are reported.",
}


def _make() -> dict[str, str]:
    blocks = []
    for kind in kinds(Profile):
        name = kind.__name__.rstrip("_")
        effect = f"\n\n{_EFFECTS[name]}" if name in _EFFECTS else ""
        blocks.append(f"## {name}\n\n{fields(kind, _MEANINGS.get(name, {}))}{effect}")
    template = files("ourhalf.profile").joinpath("template.yaml").read_text("utf-8")
    example = f"## Example\n\nWhat `ourhalf init` writes:\n\n{code(template, 'yaml')}"
    return {"reference/profile.md": page("The profile", _INTRODUCTION, *blocks, example)}


PROFILE = Pages(_make)
