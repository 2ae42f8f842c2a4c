# Seeded: no network isolation, no VPC, and the endpoint's volumes are left to AWS's own key.
resource "aws_sagemaker_model" "vision" {
  name               = var.name
  execution_role_arn = aws_iam_role.sagemaker.arn

  primary_container {
    image          = local.inference
    model_data_url = "s3://${aws_s3_bucket.models.bucket}/vision/model.tar.gz"
    environment = {
      SAGEMAKER_PROGRAM = "inference.py"
    }
  }
}

resource "aws_sagemaker_endpoint_configuration" "vision" {
  name = var.name
  production_variants {
    variant_name           = "main"
    model_name             = aws_sagemaker_model.vision.name
    initial_instance_count = 1
    instance_type          = "ml.g5.xlarge"
  }
}

resource "aws_sagemaker_endpoint" "vision" {
  name                 = var.name
  endpoint_config_name = aws_sagemaker_endpoint_configuration.vision.name
}

resource "aws_sagemaker_notebook_instance" "research" {
  name                    = "${var.name}-research"
  role_arn                = aws_iam_role.sagemaker.arn
  instance_type           = "ml.t3.medium"
  subnet_id               = aws_subnet.private[0].id
  security_groups         = [aws_security_group.training.id]
  direct_internet_access  = "Disabled"
  root_access             = "Disabled"
  kms_key_id              = aws_kms_key.data.arn
  platform_identifier     = "notebook-al2023-v1"
  instance_metadata_service_configuration {
    minimum_instance_metadata_service_version = "2"
  }
}
