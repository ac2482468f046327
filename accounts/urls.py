"""Addresses of people."""

from django.urls import path, re_path

from accounts.privacy import pages
from accounts.views import (
    mobile,
    not_mine,
    office,
    open_pages,
    own_account,
    registration,
    signing_in,
)

app_name = "accounts"
urlpatterns = [
    path("register/", registration.register, name="register"),
    path("recover/", registration.recover, name="recover"),
    path("sign-in/", signing_in.sign_in, name="sign_in"),
    path("sign-in/code/", signing_in.sign_in_code, name="sign_in_code"),
    path("sign-in/code/enter/", signing_in.sign_in_code_enter, name="sign_in_code_enter"),
    path("sign-in/sms/", signing_in.sms_where, name="sms_where"),
    path("sign-out/", signing_in.sign_out, name="sign_out"),
    path("sign-out/everywhere/", signing_in.sign_out_everywhere, name="sign_out_everywhere"),
    path("sign-out/forget.css", signing_in.forget_pages, name="forget_pages"),
    path("profile/", own_account.profile, name="profile"),
    path("profile/data/", pages.my_data, name="my_data"),
    path("profile/close/", pages.close_account, name="close_account"),
    path("profile/mobile/", mobile.change, name="mobile"),
    path("profile/mobile/codes/", mobile.codes, name="mobile_codes"),
    path("profile/mobile/stop/", mobile.stop_own, name="mobile_stop"),
    path("n/<str:code>/", mobile.stop_by_link, name="mobile_stop_link"),
    path("sign-in/not-mine/", not_mine.ask, name="not_mine"),
    path("sign-in/not-mine/code/", not_mine.enter_code, name="not_mine_code"),
    path("sign-in/still-yours/", signing_in.still_theirs_page, name="still_theirs"),
    path("password/", own_account.password, name="password"),
    path("terms/", open_pages.terms, name="terms"),
    path("terms/<int:version>/", open_pages.terms, name="terms_version"),
    path("captcha/new/", open_pages.captcha_new, name="captcha_new"),
    re_path(
        r"^captcha/(?P<key>[0-9a-f]{40})\.png$", open_pages.captcha_image, name="captcha_image"
    ),
    path("cookies/", open_pages.cookies, name="cookies"),
    path("office/second-factor/", office.enrol, name="office_enrol"),
    path("office/verify/", office.verify, name="office_verify"),
    path("office/again/", office.again, name="office_again"),
]
