resource "aws_ecs_cluster" "main" {
  name = var.name
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_cloudwatch_log_group" "serve" {
  name              = "/acme/${var.name}/serve"
  retention_in_days = 365
  kms_key_id        = aws_kms_key.data.arn
}

resource "aws_ecs_task_definition" "serve" {
  family                   = "${var.name}-serve"
  requires_compatibilities = ["EC2"]
  network_mode             = "awsvpc"
  task_role_arn            = aws_iam_role.task.arn
  execution_role_arn       = aws_iam_role.execution.arn

  container_definitions = jsonencode([{
    name      = "vllm"
    image     = "${local.registry}/vllm:0.14.0-gpu-py312-cu129-ubuntu22.04-ec2"
    essential = true
    memory    = 32768
    command   = ["vllm", "serve", "acme/vision", "--host", "0.0.0.0", "--port", "8000"]
    portMappings = [{ containerPort = 8000 }]
    # Seeded: a key of the deep-learning world in clear, beside one that is right.
    environment = [
      { name = "WANDB_API_KEY", value = "0123456789abcdef0123456789abcdef01234567" },
      { name = "VLLM_NO_USAGE_STATS", value = "1" },
    ]
    secrets = [{ name = "HF_TOKEN", valueFrom = var.hugging_face_token_arn }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.serve.name
        awslogs-region        = var.region
        awslogs-stream-prefix = "vllm"
      }
    }
    resourceRequirements = [{ type = "GPU", value = "1" }]
  }])
}

resource "aws_ecs_service" "serve" {
  name            = "${var.name}-serve"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.serve.arn
  desired_count   = 2
  launch_type     = "EC2"

  network_configuration {
    subnets         = aws_subnet.private[*].id
    security_groups = [aws_security_group.training.id]
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }
}
