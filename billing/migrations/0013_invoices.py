"""Invoices, credit notes and their papers; triggers keep what was issued as it was.

The one change that the database lets pass blanks the buyer of an invoice that is older than ten years, by real time,
and touches nothing else (billing.papers.redaction).
"""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


GUARD = """
CREATE FUNCTION billing_invoice_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'billing_invoice' THEN
        IF NEW.buyer = '{"redacted": true}'::jsonb
           AND OLD.issued_at < now() - interval '10 years'
           AND to_jsonb(NEW) - 'buyer' = to_jsonb(OLD) - 'buyer' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'an issued invoice is never changed (% refused)', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER billing_invoice_no_change BEFORE UPDATE OR DELETE ON billing_invoice
    FOR EACH ROW EXECUTE FUNCTION billing_invoice_guard();
CREATE TRIGGER billing_invoice_no_truncate BEFORE TRUNCATE ON billing_invoice
    FOR EACH STATEMENT EXECUTE FUNCTION billing_invoice_guard();
CREATE TRIGGER billing_invoiceline_no_change BEFORE UPDATE OR DELETE ON billing_invoiceline
    FOR EACH ROW EXECUTE FUNCTION billing_invoice_guard();
CREATE TRIGGER billing_invoiceline_no_truncate BEFORE TRUNCATE ON billing_invoiceline
    FOR EACH STATEMENT EXECUTE FUNCTION billing_invoice_guard();
"""
OPEN = """
DROP TRIGGER billing_invoiceline_no_truncate ON billing_invoiceline;
DROP TRIGGER billing_invoiceline_no_change ON billing_invoiceline;
DROP TRIGGER billing_invoice_no_truncate ON billing_invoice;
DROP TRIGGER billing_invoice_no_change ON billing_invoice;
DROP FUNCTION billing_invoice_guard();
"""


class Migration(migrations.Migration):
    """Tables and triggers."""

    dependencies = [
        ('billing', '0012_reconciliation'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='InvoiceCounter',
            fields=[
                ('year', models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ('last', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='Year')),
                ('serial', models.PositiveIntegerField(verbose_name='Number in the year')),
                ('number', models.CharField(max_length=14, unique=True, verbose_name='Number')),
                ('kind', models.CharField(choices=[('original', 'Invoice'), ('credit', 'Credit note')], max_length=10, verbose_name='Kind')),
                ('issued_at', models.DateTimeField(verbose_name='Issued')),
                ('seller', models.JSONField(verbose_name='Seller')),
                ('buyer', models.JSONField(verbose_name='Buyer')),
                ('payments', models.JSONField(default=list)),
                ('base_rial', models.BigIntegerField(verbose_name='Sum before VAT')),
                ('vat_rial', models.BigIntegerField(verbose_name='VAT')),
                ('payable_rial', models.BigIntegerField(verbose_name='Amount (rial)')),
                ('corrects', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credits', to='billing.invoice', verbose_name='Corrects')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='billing.order', verbose_name='Order')),
                ('refund', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credit_note', to='billing.refundcase', verbose_name='Refund')),
            ],
            options={
                'verbose_name': 'Invoice',
                'verbose_name_plural': 'Invoices',
            },
        ),
        migrations.CreateModel(
            name='InvoiceBuyer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('person', 'Person'), ('company', 'Company'), ('foreign', 'Foreign national')], max_length=10)),
                ('name', models.CharField(max_length=120)),
                ('national_id', models.CharField(max_length=13)),
                ('economic_number', models.CharField(blank=True, max_length=14)),
                ('address', models.CharField(blank=True, max_length=300)),
                ('postal_code', models.CharField(blank=True, max_length=10)),
                ('order', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='invoice_buyer', to='billing.order')),
            ],
        ),
        migrations.CreateModel(
            name='InvoiceLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('visit', 'Visit fee'), ('travel', 'Travel fee'), ('cloud', 'Cloud service')], max_length=8)),
                ('title', models.CharField(max_length=200, verbose_name='Title')),
                ('service_id', models.CharField(blank=True, max_length=13, verbose_name='Service id')),
                ('quantity', models.PositiveIntegerField(default=1, verbose_name='Number of units')),
                ('unit_price_rial', models.BigIntegerField(verbose_name='Unit price (rial)')),
                ('discount_rial', models.BigIntegerField(default=0, verbose_name='Discount (rial)')),
                ('vat_basis_points', models.PositiveIntegerField(verbose_name='Rate in basis points')),
                ('vat_rial', models.BigIntegerField(verbose_name='VAT (rial)')),
                ('total_rial', models.BigIntegerField(verbose_name='Sum (rial)')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='billing.invoice')),
                ('order_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.orderline')),
            ],
            options={
                'verbose_name': 'Invoice line',
                'verbose_name_plural': 'Lines',
            },
        ),
        migrations.CreateModel(
            name='PaperFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pdf', models.FileField(blank=True, upload_to='papers/%Y')),
                ('invoice', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='paper', to='billing.invoice')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='billing.order')),
            ],
        ),
        migrations.CreateModel(
            name='TaxSubmission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tax_number', models.CharField(max_length=22, unique=True, verbose_name='Tax number')),
                ('reference', models.CharField(blank=True, max_length=60, verbose_name='Reference of the tax system')),
                ('sent_at', models.DateTimeField(verbose_name='Sent on')),
                ('state', models.CharField(choices=[('sent', 'Sent to the tax system'), ('accepted', 'Accepted'), ('rejected', 'Rejected')], default='sent', max_length=10, verbose_name='State')),
                ('entered_at', models.DateTimeField(verbose_name='Entered')),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Entered by')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tax_submissions', to='billing.invoice')),
            ],
            options={
                'verbose_name': 'Tax number',
                'verbose_name_plural': 'Tax numbers',
            },
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(fields=['order', 'id'], name='invoice_order'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(fields=('year', 'serial'), name='invoice_serial_once'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'original')), fields=('order',), name='invoice_once_an_order'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('corrects', None), ('kind', 'original'), ('refund', None)), models.Q(('corrects__isnull', False), ('kind', 'credit'), ('refund__isnull', False)), _connector='OR'), name='credit_note_refers_to_its_invoice'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('base_rial__gte', 0), ('payable_rial__gt', 0), ('vat_rial__gte', 0), ('payable_rial', django.db.models.expressions.CombinedExpression(models.F('base_rial'), '+', models.F('vat_rial')))), name='invoice_sums_agree'),
        ),
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=models.UniqueConstraint(fields=('invoice', 'position'), name='invoice_line_position_once'),
        ),
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=models.CheckConstraint(condition=models.Q(('discount_rial__gte', 0), ('total_rial', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('unit_price_rial'), '*', models.F('quantity')), '-', models.F('discount_rial')), '+', models.F('vat_rial'))), ('unit_price_rial__gte', 0), ('vat_rial__gte', 0)), name='invoice_line_sum_agrees'),
        ),
        migrations.AddIndex(
            model_name='paperfile',
            index=models.Index(condition=models.Q(('pdf', '')), fields=['id'], name='paper_due'),
        ),
        migrations.AddConstraint(
            model_name='paperfile',
            constraint=models.UniqueConstraint(condition=models.Q(('invoice', None)), fields=('order',), name='receipt_paper_once'),
        ),
        migrations.AddConstraint(
            model_name='taxsubmission',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'rejected'), _negated=True), fields=('invoice',), name='tax_number_once_an_invoice'),
        ),
        migrations.AddConstraint(
            model_name='taxsubmission',
            constraint=models.CheckConstraint(condition=models.Q(('tax_number__regex', '^[A-Z0-9]{22}$')), name='tax_number_shape'),
        ),
        migrations.AddConstraint(
            model_name='taxsubmission',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['sent', 'accepted', 'rejected'])), name='tax_state_known'),
        ),
        migrations.RunSQL(GUARD, OPEN),
    ]
