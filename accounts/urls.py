"""Addresses of people."""

from django.urls import path

from septam.unbuilt import unbuilt

app_name = "accounts"
urlpatterns = [
    path("register/", unbuilt, name="register"),
    path("sign-in/", unbuilt, name="sign_in"),
    path("sign-in/code/", unbuilt, name="sign_in_code"),
    path("recover/", unbuilt, name="recover"),
    path("sign-out/", unbuilt, name="sign_out"),
    path("sign-out/everywhere/", unbuilt, name="sign_out_everywhere"),
    path("profile/", unbuilt, name="profile"),
    path("password/", unbuilt, name="password"),
    path("terms/", unbuilt, name="terms"),
    path("captcha/<str:key>.png", unbuilt, name="captcha_image"),
    path("cookies/", unbuilt, name="cookies"),
    path("office/second-factor/", unbuilt, name="office_enrol"),
    path("office/verify/", unbuilt, name="office_verify"),
]
