from django.db import migrations

CREATE = """
create table carriers_signal (
    day date not null,
    dot_number integer not null,
    score_hundredths smallint not null check (score_hundredths between 0 and 10000),
    n integer not null check (n >= 0),
    near integer not null,
    prox bigint not null,
    rec bigint not null,
    fit bigint not null,
    active7 integer not null,
    pool integer not null,
    by_equipment integer[] not null,
    by_job integer[] not null,
    top_states text[] not null default '{}',
    top_state_counts integer[] not null default '{}',
    confidence smallint not null,
    urgency smallint not null,
    demand_mask smallint not null default 0,
    gate_mask smallint not null default 0,
    is_new boolean not null default false,
    is_spike boolean not null default false,
    previous_score_hundredths smallint,
    previous_n integer,
    state text not null default '',
    segment text not null default '',
    equipment_mask smallint not null default 0,
    units integer,
    name text not null default '',
    computed_at timestamptz not null,
    primary key (day, dot_number)
) partition by range (day);
create index carriers_signal_score on carriers_signal (score_hundredths desc, dot_number desc);
create index carriers_signal_state on carriers_signal (state, score_hundredths desc, dot_number desc);
create index carriers_signal_segment on carriers_signal (segment, score_hundredths desc, dot_number desc);
create index carriers_signal_drivers on carriers_signal (n desc, dot_number desc);
create index carriers_signal_units on carriers_signal (units desc nulls last, dot_number desc);
create index carriers_signal_name on carriers_signal (name, dot_number);
"""


class Migration(migrations.Migration):
    """Signals in partitions by day. Partitions are made and dropped by services.signals_store."""

    dependencies = [("carriers", "0001_carriers")]

    operations = [migrations.RunSQL(CREATE, "drop table carriers_signal cascade")]
