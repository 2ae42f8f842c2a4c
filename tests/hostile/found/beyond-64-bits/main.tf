resource "aws_instance" "i" {
  ami           = 1000000000000000000000000000000
  instance_type = "g5.xlarge"
  root_block_device {
    volume_size = 1000000000000000000000000000000
  }
}
resource "aws_s3_bucket_policy" "p" {
  bucket = "b"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = 1000000000000000000000000000000 }] })
}
