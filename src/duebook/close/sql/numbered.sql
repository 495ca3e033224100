-- Documents with a number of their own, and allocations tied to the documents they link.
--
-- An allocation names its invoice by `applies_to`. Where several documents carry that number, its own row comes
-- first (an invoice with its settlement on one line), then one of the same customer and currency.
-- The same holds for the paying document named by `document_id`.
CREATE OR REPLACE VIEW doc AS
SELECT rowid AS no, * FROM documents;

CREATE OR REPLACE TABLE link AS
WITH paid AS (
    SELECT
        row_number() OVER () AS allocation,
        *,
        -- effective on the later of the paying document's date and the day of allocation; unknown counts as effective
        CASE WHEN applied_date IS NULL THEN document_date
             WHEN document_date IS NULL THEN applied_date
             WHEN document_date > applied_date THEN document_date
             ELSE applied_date END AS effective
    FROM allocations
),
own AS (
    SELECT p.allocation, d.no AS target
    FROM paid AS p
    INNER JOIN doc AS d
        ON p.file = d.file AND p.line = d.line AND p.applies_to = d.document_id
        AND p.sheet IS NOT DISTINCT FROM d.sheet
),
named AS (
    SELECT p.allocation, min(d.no) AS target
    FROM paid AS p
    INNER JOIN doc AS d
        ON p.applies_to = d.document_id
        AND (p.customer_id IS NULL OR p.customer_id = d.customer_id)
        AND (p.currency IS NULL OR p.currency = d.currency)
        AND d.kind NOT IN ('payment', 'advance')
    WHERE p.allocation NOT IN (SELECT own.allocation FROM own)
    GROUP BY p.allocation
),
paying_own AS (
    SELECT p.allocation, d.no AS source
    FROM paid AS p
    INNER JOIN doc AS d
        ON p.file = d.file AND p.line = d.line AND p.document_id = d.document_id
        AND p.sheet IS NOT DISTINCT FROM d.sheet
    WHERE p.document_id <> p.applies_to
),
paying_named AS (
    SELECT p.allocation, min(d.no) AS source
    FROM paid AS p
    INNER JOIN doc AS d
        ON p.document_id = d.document_id
        AND (p.customer_id IS NULL OR p.customer_id = d.customer_id)
        AND d.kind IN ('payment', 'advance', 'credit_note')
    WHERE p.document_id <> p.applies_to
        AND p.allocation NOT IN (SELECT paying_own.allocation FROM paying_own)
    GROUP BY p.allocation
)
SELECT
    p.allocation,
    coalesce(own.target, named.target) AS target,
    coalesce(paying_own.source, paying_named.source) AS source,
    p.amount,
    p.effective
FROM paid AS p
LEFT JOIN own ON p.allocation = own.allocation
LEFT JOIN named ON p.allocation = named.allocation
LEFT JOIN paying_own ON p.allocation = paying_own.allocation
LEFT JOIN paying_named ON p.allocation = paying_named.allocation;
