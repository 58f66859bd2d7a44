using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

public sealed class SqlExpressionTests
{
    [Theory]
    [InlineData("''::character varying", "''")]
    [InlineData("'Json'::character varying", "'Json'")]
    [InlineData("'Json'::character varying(16)", " 'Json' ")]
    [InlineData("'1970-01-01 00:00:01'::timestamp without time zone", "'1970-01-01 00:00:01'")]
    [InlineData("'1970-01-01 00:00:01'::timestamp(6) without time zone", "'1970-01-01 00:00:01'")]
    [InlineData("'{}'::text[]", "'{}'")]
    [InlineData("'x'::text::character varying", "'x'")]
    [InlineData("nextval('public.buffered_events_id_seq'::regclass)", "nextval('buffered_events_id_seq'::regclass)")]
    [InlineData("public.convert_ts(((search_attributes ->> 'A'::text))::character varying)", "convert_ts((search_attributes ->> 'A')::character varying)")]
    [InlineData("((id = 0))", "id = 0")]
    [InlineData("CHECK ((id = 0))", "check (id=0)")]
    [InlineData("COALESCE(close_time, '9999-12-31'::timestamp without time zone) DESC", "coalesce( close_time , '9999-12-31' ) desc")]
    [InlineData("((a))", "a")]
    [InlineData("f((a))", "f(a)")]
    [InlineData("f((a + b))", "f(a + b)")]
    [InlineData("((search_attributes -> 'B'::text))::boolean", "(search_attributes -> 'B')::boolean")]
    [InlineData(null, "")]
    public void Spellings_of_one_meaning_are_the_same(string? one, string other) => SqlExpression.Same(one, other).ShouldBeTrue(SqlExpression.Normalise(one));

    [Theory]
    [InlineData("''", null)]
    [InlineData("'a'", "'A'")]
    [InlineData("'a b'", "'a  b'")]
    [InlineData("'it''s'", "'its'")]
    [InlineData("\"Id\"", "id")]
    [InlineData("0", "1")]
    [InlineData("a -> 'x'", "a ->> 'x'")]
    [InlineData("(a + b) * c", "a + (b * c)")]
    [InlineData("(a ->> 'x')::integer", "(a ->> 'x')::bigint")]
    [InlineData("a DESC", "a")]
    [InlineData("f(a, b)", "f(b, a)")]
    [InlineData("private.convert_ts(a)", "public.convert_ts(a)")]
    public void Spellings_of_two_meanings_differ(string one, string? other) => SqlExpression.Same(one, other).ShouldBeFalse(SqlExpression.Normalise(one));

    [Theory]
    [InlineData("'open")]
    [InlineData("((a")]
    [InlineData("a))")]
    [InlineData("'x'::")]
    [InlineData("'x'::numeric(")]
    [InlineData("::")]
    public void Text_that_is_cut_short_is_no_crash(string text) => SqlExpression.Normalise(text).ShouldNotBeEmpty();
}
