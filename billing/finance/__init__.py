"""What finance takes out (exports) and compares (the banks' daily reports). Whole rial, days of Tehran."""
