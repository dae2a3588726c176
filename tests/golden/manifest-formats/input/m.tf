provider "x" {
  password = "kestrel~-otter-42"
  token    = var.token
}
variable "db_password" {
  type = string
  default = "kestrel~-otter-43"
}
resource "kubernetes_secret" "s" {
  metadata { name = "x" }
  data = {
    password = "kestrel~-otter-44"
    other_password = random_password.x.result
    cfg = jsonencode({ api_token = "Rq8~fz7Lm2Kp0aa" })
  }
}
