# Each rule tests what the controls named beside it test. Left out, for they must be told a choice of yours:
# [[ raw(left_out_rules) ]].

resource "aws_config_conformance_pack" "ourhalf" {
  name = "ourhalf"

  template_body = jsonencode({
    Resources = {
[% for rule in rules %]
      # [[ raw(", ".join(rule.controls)) ]]
      [[ raw(rule.name.title().replace("-", "")) ]] = {
        Type = "AWS::Config::ConfigRule"
        Properties = {
          ConfigRuleName = [[ "ourhalf-" ~ rule.name ]]
          Source         = { Owner = "AWS", SourceIdentifier = [[ rule.identifier ]] }
[% if rule.parameters %]
          InputParameters = {
[% for key, value in rule.parameters.items() %]
            [[ raw(key.ljust(rule.parameters | map("length") | max)) ]] = [[ value ]]
[% endfor %]
          }
[% endif %]
        }
      }
[% endfor %]
    }
  })
[% if part("recorder") %]

  depends_on = [aws_config_configuration_recorder_status.ourhalf]
[% endif %]
}
