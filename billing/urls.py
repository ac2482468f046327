"""Addresses of the cart, orders and payments."""

from django.urls import path

from septam.unbuilt import unbuilt

app_name = "billing"
urlpatterns = [
    path("cart/", unbuilt, name="cart"),
    path("cart/<str:number>/remove/", unbuilt, name="cart_remove"),
    path("cart/checkout/", unbuilt, name="checkout"),
    path("orders/<str:number>/", unbuilt, name="order"),
    path("orders/<str:number>/bank/", unbuilt, name="go_to_bank"),
    path("bank/<str:gateway>/callback/", unbuilt, name="callback"),
    path("r/<str:signed>/", unbuilt, name="result"),
    path("receipts/<str:number>/", unbuilt, name="receipt"),
]
