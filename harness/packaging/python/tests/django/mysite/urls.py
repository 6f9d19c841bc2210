from sessionspec.probes import django as probe

urlpatterns = []
urlpatterns += probe.urls()
