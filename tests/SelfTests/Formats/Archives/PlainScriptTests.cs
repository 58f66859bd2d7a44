using System.Text;
using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

/// <summary>What of a plain dump psql gets to see.</summary>
public sealed class PlainScriptTests
{
    [Theory]
    [InlineData("SELECT 'a\\! b', \"c\\!\", $$ \\! ls $$, $x$ \\copy $$ $x$, U&'\\0061'; -- \\! ls\n/* \\! /* \\i */ \\o */ SELECT 1;\n")]
    [InlineData("SELECT E'it''s \\' \\! ', e'\\\\', 'a''b'; SELECT a$b$c, $1;\n")]
    [InlineData("COPY public.t (a, b) FROM stdin;\n\\! ls\n\\.x\nCOPY x FROM PROGRAM 'ls';\n'\"$$\n\\.\n\n\nSELECT 1;\n")]
    [InlineData("COPY public.\"from\" FROM stdin;\n\\.\n")]
    [InlineData("CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $_$ DROP TABLE x; ALTER TABLE x OWNER TO y; $_$;\n")]
    [InlineData("COMMENT ON TABLE t IS 'DROP; OWNER TO \\connect';\nSET default_tablespace = '';\n")]
    public void What_pg_dump_writes_goes_through_as_it_is(string script) => Through(script).ShouldBe(script);

    [Theory]
    [InlineData("\\restrict abc\n--\n\\unrestrict abc\n", "\n--\n\n")]
    [InlineData("DROP DATABASE temporal;\n--\n-- Name: temporal\n--\n\nCREATE DATABASE temporal WITH TEMPLATE = template0\n ENCODING = 'UTF8';\nALTER DATABASE temporal OWNER TO x;\n\\connect temporal\n\nSET statement_timeout = 0;\nSET transaction_timeout = 0;\nSELECT 1;\n", "\n\n\n\n\n\n\n\n\n\n\n\nSELECT 1;\n")]
    [InlineData("ALTER TABLE public.t OWNER TO \"no;body\";\nGRANT SELECT ON TABLE t TO x;\nREVOKE ALL ON SCHEMA public FROM PUBLIC;\nALTER DEFAULT PRIVILEGES FOR ROLE x GRANT ALL ON TABLES TO y;\nSET SESSION AUTHORIZATION 'x';\nSELECT 1;\n", "\n\n\n\n\nSELECT 1;\n")]
    [InlineData("ALTER TABLE ONLY public.t DROP CONSTRAINT t_pkey;\nDROP TABLE public.t;\nSELECT 1;\n", "\n\nSELECT 1;\n")]
    public void Owners_privileges_and_the_database_itself_are_left_out_and_lines_keep_their_numbers(string script, string expected) => Through(script).ShouldBe(expected);

    [Theory]
    [InlineData("SELECT 1;\n\\! touch /tmp/x\n", "line 2: \\! stands there")]
    [InlineData("SELECT 1 \\! touch\n;\n", "line 1: \\! stands there")]
    [InlineData("\\copy t from program 'ls'\n", "line 1: \\copy stands there")]
    [InlineData("\\i /etc/passwd\n", "\\i stands there")]
    [InlineData("\\o |ls\n", "\\o stands there")]
    [InlineData("SELECT 1\n\\gexec\n", "line 2: \\gexec stands there")]
    [InlineData("SELECT 1 \\connect x\n", "\\connect stands there")]
    [InlineData("\\.\n", "\\. stands there")]
    [InlineData("\\!", "\\! stands there")]
    [InlineData("SELECT E'\\\\'; \\! ls\n", "\\! stands there")]
    [InlineData("COPY t FROM stdin;\na\n\\.\n\\! ls\n", "line 4: \\! stands there")]
    [InlineData("COPY t FROM stdin;\na\n\\.\r\n\\! ls\n", "line 3: the end of the rows")]
    [InlineData("COPY t FROM stdin; \\! ls\n", "line 1: something follows a COPY statement")]
    [InlineData("COPY t FROM PROGRAM 'ls';\n", "line 1: a COPY stands there")]
    [InlineData("COPY \"FROM stdin\" FROM /* x */ PROGRAM 'ls';\n", "a COPY stands there")]
    [InlineData("-- x\ncopy t to '/tmp/x';\n", "line 2: a COPY stands there")]
    [InlineData("SELECT 1;\0\n", "a zero byte")]
    public void What_psql_would_run_on_this_machine_is_refused_with_its_line(string script, string sentence) =>
        Should.Throw<ScriptRefusedException>(() => Through(script)).Message.ShouldContain(sentence);

    private static string Through(string script)
    {
        var whole = Through(script, int.MaxValue);
        foreach (var piece in (int[])[1, 2, 3, 7])
        {
            Through(script, piece).ShouldBe(whole, $"in pieces of {piece}");
        }

        return whole;
    }

    private static string Through(string script, int piece)
    {
        using var output = new MemoryStream();
        using var input = new InPieces(Encoding.UTF8.GetBytes(script), piece);
        PlainScript.Copy(input, output, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private sealed class InPieces(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, piece)]);
    }
}
