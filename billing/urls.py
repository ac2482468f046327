"""Addresses of the cart, orders and payments."""

from django.urls import path

from billing import cart_views, order_list_view, payment_views, to_pay_view
from billing.papers import buyer_views
from billing.papers import views as paper_views
from billing.refunds import views as refund_views
from billing.transfers import views as transfer_views

app_name = "billing"
urlpatterns = [
    path("cart/", cart_views.cart, name="cart"),
    path("cart/checkout/", cart_views.checkout, name="checkout"),
    path("cart/proforma/", transfer_views.cart_proforma, name="cart_proforma"),
    path("cart/<str:number>/remove/", cart_views.cart_remove, name="cart_remove"),
    path("orders/", order_list_view.orders, name="orders"),
    path("orders/to-pay/", to_pay_view.to_pay, name="to_pay"),
    path("requests/<str:number>/difference/", payment_views.difference, name="difference"),
    path("orders/<str:number>/", payment_views.order, name="order"),
    path("orders/<str:number>/proforma/", transfer_views.proforma, name="proforma"),
    path("orders/<str:number>/proforma.pdf", transfer_views.proforma_pdf, name="proforma_pdf"),
    path(
        "orders/<str:number>/proforma/withdraw/", transfer_views.withdraw, name="proforma_withdraw"
    ),
    path("orders/<str:number>/transfer/", transfer_views.report, name="report_transfer"),
    path("orders/<str:number>/refunds/<int:pk>/iban/", refund_views.iban, name="refund_iban"),
    path("orders/<str:number>/bank/", payment_views.go_to_bank, name="go_to_bank"),
    path("bank/<str:gateway>/callback/", payment_views.callback, name="callback"),
    path("r/<str:signed>/", payment_views.result, name="result"),
    path("orders/<str:number>/buyer/", buyer_views.order_buyer, name="order_buyer"),
    path("receipts/<str:number>/", paper_views.receipt, name="receipt"),
    path("receipts/<str:number>/receipt.pdf", paper_views.receipt_pdf, name="receipt_pdf"),
    path("invoices/<str:number>/", paper_views.invoice, name="invoice"),
    path("invoices/<str:number>/invoice.pdf", paper_views.invoice_pdf, name="invoice_pdf"),
]
