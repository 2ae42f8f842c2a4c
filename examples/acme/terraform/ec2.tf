# Training by hand on one instance: Jupyter in a container, started in user data.
resource "aws_instance" "workstation" {
  ami                         = "ami-0123456789abcdef0"
  instance_type               = "g5.2xlarge"
  subnet_id                   = aws_subnet.public.id
  vpc_security_group_ids      = [aws_security_group.workstation.id]
  associate_public_ip_address = true
  iam_instance_profile        = aws_iam_instance_profile.workstation.name

  # Seeded: instance metadata version 1 is left on.
  metadata_options {
    http_tokens                 = "optional"
    http_put_response_hop_limit = 2
  }

  root_block_device {
    encrypted = true
  }

  # Seeded: no token, every address, privileged.
  user_data = <<-EOT
    #!/bin/bash
    aws ecr get-login-password --region ${var.region} | docker login --username AWS --password-stdin ${local.registry}
    docker run -d --name notebook --gpus all --privileged \
      -p 8888:8888 -v /data:/data \
      ${local.training} \
      jupyter lab --ip=0.0.0.0 --allow-root --ServerApp.token=''
  EOT
}
