sessionspec_app = "python -m sessionspec.probes.django mysite.settings --lifetime {lifetime} --port {port}"
