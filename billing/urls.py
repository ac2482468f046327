"""Addresses of the cart, orders and payments."""

from django.urls import path

from billing import cart_views, order_list_view, payment_views

app_name = "billing"
urlpatterns = [
    path("cart/", cart_views.cart, name="cart"),
    path("cart/checkout/", cart_views.checkout, name="checkout"),
    path("cart/<str:number>/remove/", cart_views.cart_remove, name="cart_remove"),
    path("orders/", order_list_view.orders, name="orders"),
    path("orders/<str:number>/", payment_views.order, name="order"),
    path("orders/<str:number>/bank/", payment_views.go_to_bank, name="go_to_bank"),
    path("bank/<str:gateway>/callback/", payment_views.callback, name="callback"),
    path("r/<str:signed>/", payment_views.result, name="result"),
    path("receipts/<str:number>/", payment_views.receipt, name="receipt"),
]
