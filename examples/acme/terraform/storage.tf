resource "aws_kms_key" "data" {
  description         = "${var.name} data"
  enable_key_rotation = true
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-${var.name}-data"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "data" {
  bucket = aws_s3_bucket.data.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.data.arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "data" {
  bucket                  = aws_s3_bucket.data.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "data" {
  bucket = aws_s3_bucket.data.id
  versioning_configuration {
    status = "Enabled"
  }
}

# Seeded: model artifacts without a public access block.
resource "aws_s3_bucket" "models" {
  bucket = "acme-${var.name}-models"
}

# Seeded: tags can be moved, and nothing scans what is pushed.
resource "aws_ecr_repository" "serve" {
  name                 = "${var.name}/serve"
  image_tag_mutability = "MUTABLE"
}
