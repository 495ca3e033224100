-- What was open on {as_of}: open(i, T) = base − allocations effective by T, for documents dated by T.
--
-- Allocations effective later are put back. Settled on T is closed. Credits keep their minus sign.
CREATE OR REPLACE TABLE {table} AS
WITH reduced AS (
    SELECT target AS no, sum(amount) AS amount FROM link
    WHERE target IS NOT NULL AND (effective IS NULL OR effective <= {as_of})
    GROUP BY target
),
used AS (
    SELECT source AS no, sum(amount) AS amount FROM link
    WHERE source IS NOT NULL AND target IS NOT NULL AND (effective IS NULL OR effective <= {as_of})
    GROUP BY source
),
stood AS (
    SELECT d.no, d.base - coalesce(r.amount, 0) + coalesce(u.amount, 0) AS open
    FROM doc AS d
    LEFT JOIN reduced AS r ON d.no = r.no
    LEFT JOIN used AS u ON d.no = u.no
    WHERE d.document_date <= {as_of}
)
SELECT no, CAST(open AS DECIMAL(18, 4)) AS open FROM stood WHERE open <> 0;
