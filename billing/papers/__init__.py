"""The papers of a payment: receipt, invoice, credit note; as data, pages and PDF."""
