-- Deliveries and invoices that lie on two sides of {as_of}. `why` says what is missing: 'none' (no counterpart is
-- named), 'unknown' (the one named is not on file), 'later' (it is dated after {as_of}).
--
-- A delivery finds its invoice by the invoice's number, else by its own number on an invoice; an invoice of several
-- deliveries is delivered with the last of them.
CREATE OR REPLACE TABLE delivered_not_invoiced AS
WITH by_number AS (
    SELECT document_id, min(document_date) AS day FROM doc WHERE kind = 'invoice' GROUP BY document_id
),
by_delivery AS (
    SELECT delivery_id, min(document_date) AS day, arg_min(document_id, no) AS document_id FROM doc
    WHERE kind = 'invoice' AND delivery_id IS NOT NULL
    GROUP BY delivery_id
),
met AS (
    SELECT
        v.file, v.line, v.customer_id, v.customer_name, v.delivery_id, v.delivery_date, v.currency, v.amount,
        coalesce(CASE WHEN n.day IS NOT NULL THEN v.document_id END, d.document_id, v.document_id) AS document_id,
        coalesce(n.day, d.day) AS document_date
    FROM deliveries AS v
    LEFT JOIN by_number AS n ON v.document_id = n.document_id
    LEFT JOIN by_delivery AS d ON v.delivery_id = d.delivery_id
    WHERE v.delivery_date <= {as_of}
)
SELECT
    *,
    date_diff('day', delivery_date, document_date) AS gap,
    CASE WHEN document_date IS NOT NULL THEN 'later' WHEN document_id IS NULL THEN 'none' ELSE 'unknown' END AS why
FROM met
WHERE document_date IS NULL OR document_date > {as_of};

CREATE OR REPLACE TABLE invoiced_not_delivered AS
WITH invoices AS (
    SELECT no, document_id, delivery_id FROM doc WHERE kind = 'invoice' AND document_date BETWEEN {first} AND {as_of}
),
matched AS (
    SELECT i.no, v.delivery_date, v.delivery_id
    FROM invoices AS i
    INNER JOIN deliveries AS v ON i.document_id = v.document_id
    UNION ALL
    SELECT i.no, v.delivery_date, v.delivery_id
    FROM invoices AS i
    INNER JOIN deliveries AS v ON i.delivery_id = v.delivery_id
),
delivered AS (
    SELECT no, max(delivery_date) AS day, arg_max(delivery_id, (delivery_date, delivery_id)) AS delivery_id
    FROM matched
    GROUP BY no
),
met AS (
    SELECT
        i.file, i.line, i.customer_id, i.customer_name, coalesce(i.delivery_id, v.delivery_id) AS delivery_id,
        v.day AS delivery_date, i.currency, i.amount, i.document_id, i.document_date
    FROM doc AS i
    LEFT JOIN delivered AS v ON i.no = v.no
    WHERE i.kind = 'invoice' AND i.document_date BETWEEN {first} AND {as_of}
)
SELECT
    *,
    date_diff('day', document_date, delivery_date) AS gap,
    CASE WHEN delivery_date IS NOT NULL THEN 'later' WHEN delivery_id IS NULL THEN 'none' ELSE 'unknown' END AS why
FROM met
WHERE delivery_date > {as_of}
    OR delivery_date IS NULL AND delivery_id IS NULL AND {known}
    OR delivery_date IS NULL AND delivery_id IS NOT NULL AND {given};
