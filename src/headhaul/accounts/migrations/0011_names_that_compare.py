"""Names as they are compared, and the keys under which look-alikes are found.

The functions use nothing outside pg_catalog, so that their indexes can be restored anywhere. Words are dropped from an
array and not by a regular expression, which took ten times as long.
"""

from django.db import migrations

FORMS = (
    "llc,llp,lllp,lp,pllc,pc,inc,incorporated,corp,corporation,co,company,companies,ltd,limited,the,and,of,dba,sa,cv"
)
TRADE = (
    "truck,trucks,trucking,truckers,trk,trkg,transport,transports,transportation,trans,freight,freightways,logistics,"
    "hauling,haulers,hauler,carrier,carriers,express,line,lines,trucklines,motor,transit,service,services,group,"
    "enterprise,enterprises,delivery,leasing,cartage,dispatch,solutions,holdings,brothers,bros,sons,usa,america,"
    "american,national,international,intl"
)
WORDS = """string_to_array(regexp_replace(regexp_replace(
        lower(normalize(name, NFKD)), '[\\u0300-\\u036f\\u200b-\\u200f\\u2018\\u2019''`.]', '', 'g'),
        '[\\x01-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\xbf]+', ' ', 'g'), ' ')"""
FULL = f"""
create function accounts_name_full(name text) returns text language plpgsql immutable strict parallel safe as $$
begin
    return array_to_string(array(
        select word from unnest({WORDS}) word where word <> '' and word <> all('{{{FORMS}}}')), ' ');
end
$$
"""
SHORTENED = """
create function accounts_name_{name}(name text) returns text language plpgsql immutable strict parallel safe as $$
declare
    words text[] := {words};
    core text := array_to_string(array(
        select word from unnest(words) word where word <> '' and word <> all('{{{forms},{trade}}}')), '{between}');
begin
    if core = '' then  -- nothing but words of the trade: then they are the name
        core := array_to_string(array(
            select word from unnest(words) word where word <> '' and word <> all('{{{forms}}}')), '{between}');
    end if;
    return core;
end
$$
"""
CORE = SHORTENED.format(name="core", words=WORDS, forms=FORMS, trade=TRADE, between=" ")
BLOCK = SHORTENED.format(name="block", words=WORDS, forms=FORMS, trade=TRADE, between="")
ALIKE = """
create function accounts_alike(one text, other text) returns real language sql immutable strict parallel safe as $$
    -- trigrams know no letters beyond those of the database's locale
    select case when one = other and one <> '' then 1 else similarity(one, other) end
$$
"""
INDEXES = """
create index accounts_by_block on accounts_account (accounts_name_block(name));
create index accounts_by_head on accounts_account (state, left(accounts_name_block(name), 5), lower(city));
create index accounts_by_tail on accounts_account (state, right(accounts_name_block(name), 5), lower(city));
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_duplicates_and_merges")]

    operations = [
        migrations.RunSQL(FULL, "drop function accounts_name_full(text)"),
        migrations.RunSQL(CORE, "drop function accounts_name_core(text)"),
        migrations.RunSQL(BLOCK, "drop function accounts_name_block(text)"),
        migrations.RunSQL(ALIKE, "drop function accounts_alike(text, text)"),
        migrations.RunSQL(
            INDEXES, "drop index accounts_by_block; drop index accounts_by_head; drop index accounts_by_tail"
        ),
    ]
