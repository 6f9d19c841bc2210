import shop

sessionspec_app = shop.create_app()
