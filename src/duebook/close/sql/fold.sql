-- Policy "fold": a customer's credits meet its oldest items first, in each currency: oldest as the scheme ages, so that
-- a cell that folds the same items finds the same buckets.
--
-- Only receivables and their credits have amounts here; other accounts are not touched.
-- Running sums before each item tell how far the credits reach; what they do not use stays unapplied.
CREATE OR REPLACE TABLE items AS
WITH running AS (
    SELECT
        *,
        sum(aged) OVER oldest_first - aged AS aged_before,
        -(sum(unapplied) OVER oldest_first - unapplied) AS credit_before,
        sum(aged) OVER customer AS aged_all,
        -sum(unapplied) OVER customer AS credit_all
    FROM items
    WINDOW
        customer AS (PARTITION BY customer_id, currency),
        oldest_first AS (
            PARTITION BY customer_id, currency
            ORDER BY bucket DESC, due, document_date, document_id, amount, no
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        )
),
met AS (
    SELECT
        *,
        CASE WHEN aged <= 0 OR credit_all <= aged_before THEN 0
             WHEN credit_all - aged_before >= aged THEN aged
             ELSE credit_all - aged_before END AS met,
        CASE WHEN unapplied >= 0 OR aged_all <= credit_before THEN 0
             WHEN aged_all - credit_before >= -unapplied THEN -unapplied
             ELSE aged_all - credit_before END AS spent
    FROM running
)
SELECT * EXCLUDE (aged_before, credit_before, aged_all, credit_all, met, spent) REPLACE (
    CAST(aged - met AS DECIMAL(18, 4)) AS aged,
    CAST(unapplied + spent AS DECIMAL(18, 4)) AS unapplied
)
FROM met;
