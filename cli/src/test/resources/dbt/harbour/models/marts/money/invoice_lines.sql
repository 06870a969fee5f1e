{{ union_all([ref('stg_invoices'), ref('late_invoices')], 'invoice_id, currency, amount') }}
