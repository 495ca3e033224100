-- One row per customer and currency. Names, groups and sales units come from the customers file where it has them.
CREATE OR REPLACE TABLE balances AS
WITH known AS (
    SELECT
        customer_id, min(customer_name) AS customer_name, min(parent_id) AS parent_id, min(sales_unit) AS sales_unit
    FROM customers
    GROUP BY customer_id
),
summed AS (
    SELECT
        customer_id,
        currency,
        min(customer_name) AS customer_name,
        min(parent_id) AS parent_id,
        min(sales_unit) AS sales_unit,
        {bucket_sums},
        sum(aged) AS aged,
        sum(disputed) AS disputed,
        sum(excluded) AS excluded,
        sum(unapplied) AS unapplied,
        sum(CASE WHEN receivable THEN open ELSE 0 END) AS receivable,
        sum(CASE WHEN receivable THEN disputed_open ELSE 0 END) AS disputed_open,
        sum(CASE WHEN receivable AND kind = 'retention' THEN open ELSE 0 END) AS retention,
        sum(CASE WHEN kind = 'advance' THEN open ELSE 0 END) AS advances,
        sum(CASE WHEN account = 'bill' THEN open ELSE 0 END) AS bills,
        sum(
            CASE WHEN account = 'bill' AND bill_kind = 'bank_acceptance' AND held_as <> 'dishonored' THEN open ELSE 0 END
        ) AS accepted,
        sum(CASE WHEN account = 'contract_asset' THEN open ELSE 0 END) AS contract_assets,
        sum(CASE WHEN account = 'revaluation' THEN open ELSE 0 END) AS revalued,
        min(relation) AS relation,
        sum(CASE WHEN late THEN aged ELSE 0 END) AS overdue,
        max(CASE WHEN aged > 0 AND days_past_due > 0 THEN days_past_due ELSE 0 END) AS oldest_days,
        count(*) FILTER (account = 'receivable') AS items
    FROM items
    GROUP BY customer_id, currency
)
SELECT
    s.* REPLACE (
        coalesce(k.customer_name, s.customer_name) AS customer_name,
        coalesce(k.parent_id, s.parent_id) AS parent_id,
        coalesce(k.sales_unit, s.sales_unit) AS sales_unit
    )
FROM summed AS s
LEFT JOIN known AS k ON s.customer_id = k.customer_id;
