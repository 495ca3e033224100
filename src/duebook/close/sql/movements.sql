-- Every movement of every account: what each document brought, and what each allocation took.
--
-- An allocation between two documents of one account moves nothing there: the receipt came in by itself. One that
-- names no paying document (settled on the invoice's own line, taken as a bill) moves its account by its own kind; one
-- that crosses accounts (a receipt that pays a bill) moves both. For every day T, the amounts up to T (an unknown day
-- is taken to be its document's) add up to what is open at T. `allocation` and `other` (the entry of the other document)
-- are those of an allocation; `told` is false where the export does not tell the day.
CREATE OR REPLACE TABLE movements AS
WITH brought AS (
    SELECT
        no, customer_id, currency, account,
        CASE kind WHEN 'invoice' THEN 'invoiced'
                  WHEN 'credit_note' THEN 'credit_notes'
                  WHEN 'payment' THEN 'cash'
                  WHEN 'advance' THEN 'cash'
                  WHEN 'bill' THEN 'bills'
                  WHEN 'write_off' THEN 'write_offs'
                  WHEN 'journal' THEN 'journals'
                  WHEN 'revaluation' THEN 'fx'
                  ELSE kind END AS line,
        document_date AS day,
        amount
    FROM doc
),
undated AS (
    SELECT no, customer_id, currency, account, 'undated' AS line, document_date AS day, base - amount AS amount
    FROM doc
    WHERE base <> amount
),
crossing AS (
    SELECT
        t.no AS target, s.no AS source, l.amount, l.effective, l.allocation, l.told, t.currency,
        CASE coalesce(s.kind, l.kind)
            WHEN 'credit_note' THEN 'credit_notes'
            WHEN 'bill' THEN 'bills'
            WHEN 'endorsed' THEN 'bills'
            WHEN 'discounted' THEN 'bills'
            WHEN 'write_off' THEN 'write_offs'
            WHEN 'factoring' THEN 'factoring'
            WHEN 'netting' THEN 'netting'
            WHEN 'retention' THEN 'retention'
            WHEN 'journal' THEN 'journals'
            ELSE 'cash' END AS line,
        t.customer_id AS target_customer, t.account AS target_account, t.document_date AS target_date,
        s.customer_id AS source_customer, s.account AS source_account, s.document_date AS source_date
    FROM link AS l
    INNER JOIN doc AS t ON l.target = t.no
    LEFT JOIN doc AS s ON l.source = s.no
    WHERE l.amount <> 0 AND (s.no IS NULL OR s.account <> t.account OR s.customer_id <> t.customer_id)
)
SELECT
    no, customer_id, currency, account, line, day, CAST(amount AS DECIMAL(18, 4)) AS amount,
    CAST(NULL AS BIGINT) AS allocation, CAST(NULL AS BIGINT) AS other, true AS told
FROM brought
UNION ALL
SELECT no, customer_id, currency, account, line, day, CAST(amount AS DECIMAL(18, 4)), NULL, NULL, false FROM undated
UNION ALL
SELECT
    target, target_customer, currency, target_account, line,
    CASE WHEN effective > target_date THEN effective ELSE target_date END,
    CAST(-amount AS DECIMAL(18, 4)), allocation, source, told
FROM crossing
UNION ALL
SELECT
    source, source_customer, currency, source_account, line,
    CASE WHEN effective > source_date THEN effective ELSE source_date END,
    CAST(amount AS DECIMAL(18, 4)), allocation, target, told
FROM crossing
WHERE source IS NOT NULL;
