variable "region" {
  type    = string
  default = "us-east-1"
}

variable "name" {
  type    = string
  default = "vision"
}

variable "dlc_account" {
  description = "The account in which AWS publishes Deep Learning Containers"
  type        = string
  default     = "763104351884"
}

variable "hugging_face_token_arn" {
  description = "A secret in Secrets Manager"
  type        = string
}

locals {
  registry    = "${var.dlc_account}.dkr.ecr.${var.region}.amazonaws.com"
  training    = "${local.registry}/pytorch-training:2.4.0-gpu-py311-cu124-ubuntu22.04-sagemaker"
  inference   = "${local.registry}/whisperx:3.8.6-cu128-amzn2023-sagemaker"
  common_tags = { project = var.name, data = "patient-images" }
}

provider "aws" {
  region = var.region
  default_tags {
    tags = local.common_tags
  }
}
