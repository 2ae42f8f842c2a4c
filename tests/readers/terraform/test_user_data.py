"""Boot scripts, however Terraform puts them together."""

from __future__ import annotations

import pytest

from ourhalf.model.resource import Resource
from tests.support import read

SCRIPT = """#!/bin/bash
set -e

docker run --privileged -d --gpus all ${image}
"""

WAYS = {
    "heredoc": "user_data = <<EOT\n" + SCRIPT.replace("${image}", "${var.image}") + "EOT",
    "encoded": "user_data = base64encode(<<EOT\n" + SCRIPT.replace("${image}", "${var.image}") + "EOT\n)",
    "compressed": "user_data = base64gzip(<<EOT\n" + SCRIPT.replace("${image}", "${var.image}") + "EOT\n)",
    "template": 'user_data = base64encode(templatefile("${path.module}/boot.sh", { image = var.image }))',
    "template-file": "user_data = base64encode(data.template_file.boot.rendered)",
    "cloud-init": "user_data = data.cloudinit_config.boot.rendered",
}

AROUND = """
data "template_file" "boot" {
  template = file("boot.sh")
  vars     = { image = var.image }
}
data "cloudinit_config" "boot" {
  gzip          = true
  base64_encode = true
  part {
    content_type = "text/x-shellscript"
    content      = templatefile("boot.sh", { image = var.image })
  }
}
"""


def launch_template(way: str, variable: str) -> Resource:
    text = f'variable "image" {{\n  {variable}\n}}\n{AROUND}resource "aws_launch_template" "t" {{\n  {WAYS[way]}\n}}\n'
    found = read({"main.tf": text, "boot.sh": SCRIPT}).resources
    return next(r for r in found if r.origin.address == "aws_launch_template.t")


@pytest.mark.parametrize("way", WAYS)
def test_containers_of_boot_scripts(way: str) -> None:
    (container,) = launch_template(way, 'default = "vllm/vllm-openai:v1"').user_data.value.containers.value  # type: ignore[attr-defined]
    assert container.image.value == "vllm/vllm-openai:v1"
    assert container.privileged.value is True


@pytest.mark.parametrize("way", WAYS)
def test_an_image_that_is_not_known(way: str) -> None:
    (container,) = launch_template(way, 'default = "r/${"x"}" ').user_data.value.containers.value  # type: ignore[attr-defined]
    assert container.privileged.value is True
    (container,) = launch_template(way, "type = string").user_data.value.containers.value  # type: ignore[attr-defined]
    assert container.privileged.value is True
    assert not hasattr(container.image, "value")


def test_a_script_in_its_own_file_keeps_its_place() -> None:
    (container,) = launch_template("template", 'default = "i:1"').user_data.value.containers.value  # type: ignore[attr-defined]
    assert (container.place.path, container.place.line) == ("boot.sh", 4)
