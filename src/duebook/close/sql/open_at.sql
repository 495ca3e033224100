-- What was open on {as_of}: open(i, T) = amount − allocations effective by T, for documents dated by T.
--
-- Allocations effective later are put back. A document that came with an open amount (an open-item export) starts
-- from it, with later allocations put back too. Settled on T is closed. Credits keep their minus sign.
CREATE OR REPLACE TABLE {table} AS
WITH reduced AS (
    SELECT
        target AS no,
        sum(CASE WHEN effective IS NULL OR effective <= {as_of} THEN amount ELSE 0 END) AS by_then,
        sum(CASE WHEN effective > {as_of} THEN amount ELSE 0 END) AS later
    FROM link
    WHERE target IS NOT NULL
    GROUP BY target
),
used AS (
    SELECT
        source AS no,
        sum(CASE WHEN effective IS NULL OR effective <= {as_of} THEN amount ELSE 0 END) AS by_then,
        sum(CASE WHEN effective > {as_of} THEN amount ELSE 0 END) AS later
    FROM link
    WHERE source IS NOT NULL AND target IS NOT NULL
    GROUP BY source
),
stood AS (
    SELECT
        d.no,
        CASE WHEN d.open_amount IS NULL
            THEN d.amount - coalesce(r.by_then, 0) + coalesce(u.by_then, 0)
            ELSE d.open_amount + coalesce(r.later, 0) - coalesce(u.later, 0) END AS open
    FROM doc AS d
    LEFT JOIN reduced AS r ON d.no = r.no
    LEFT JOIN used AS u ON d.no = u.no
    WHERE d.document_date <= {as_of}
)
SELECT no, CAST(open AS DECIMAL(18, 4)) AS open FROM stood WHERE open <> 0;
