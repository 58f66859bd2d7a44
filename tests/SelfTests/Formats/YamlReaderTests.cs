using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

public sealed class YamlReaderTests
{
    [Theory]
    [InlineData("yes", YamlKind.Boolean, YamlKind.Text)]
    [InlineData("Off", YamlKind.Boolean, YamlKind.Text)]
    [InlineData("n", YamlKind.Boolean, YamlKind.Text)]
    [InlineData("true", YamlKind.Boolean, YamlKind.Boolean)]
    [InlineData("tRue", YamlKind.Text, YamlKind.Text)]
    [InlineData("~", YamlKind.Null, YamlKind.Null)]
    [InlineData("512", YamlKind.Whole, YamlKind.Whole)]
    [InlineData("0644", YamlKind.Whole, YamlKind.Whole)]
    [InlineData("0x1F", YamlKind.Whole, YamlKind.Whole)]
    [InlineData("0o17", YamlKind.Whole, YamlKind.Whole)]
    [InlineData("1_000", YamlKind.Whole, YamlKind.Whole)]
    [InlineData("089", YamlKind.Fraction, YamlKind.Fraction)]
    [InlineData("1:30", YamlKind.Text, YamlKind.Text)]
    [InlineData("1.5e3", YamlKind.Fraction, YamlKind.Fraction)]
    [InlineData(".inf", YamlKind.Fraction, YamlKind.Fraction)]
    [InlineData("1.29.1", YamlKind.Text, YamlKind.Text)]
    [InlineData("1h", YamlKind.Text, YamlKind.Text)]
    [InlineData("'512'", YamlKind.Text, YamlKind.Text)]
    [InlineData("!!str 512", YamlKind.Text, YamlKind.Text)]
    [InlineData("!!float 512", YamlKind.Fraction, YamlKind.Fraction)]
    public void A_word_is_what_helm_and_what_the_server_take_it_for(string word, YamlKind helm, YamlKind server)
    {
        YamlReader.Read($"a: {word}", YamlDialect.Helm, "f").Find("a")!.Kind.ShouldBe(helm);
        YamlReader.Read($"a: {word}", YamlDialect.Server, "f").Find("a")!.Kind.ShouldBe(server);
    }

    [Theory]
    [InlineData("0644", 420)]
    [InlineData("-0x10", -16)]
    [InlineData("1_000", 1000)]
    [InlineData("0b101", 5)]
    [InlineData("+7", 7)]
    public void Numbers_are_read_as_Go_reads_them(string text, long number)
    {
        YamlReader.Read($"a: {text}", YamlDialect.Server, "f").Find("a")!.TryInteger(out var read).ShouldBeTrue();
        read.ShouldBe(number);
    }

    [Fact]
    public void Every_value_knows_where_it_stands()
    {
        var root = YamlReader.Read("server:\n  config:\n    - a: 1\n      b: {c: 2}\n", YamlDialect.Helm, "v.yaml");

        var c = root.At("server.config")!.Items[0].At("b.c")!;
        (c.Path, c.Line, c.Column, c.File).ShouldBe(("server.config[0].b.c", 4, 14, "v.yaml"));
        var member = root.Find("server")!.Member("config")!;
        (member.Line, member.Column).ShouldBe((2, 3));
    }

    [Fact]
    public void Of_a_key_that_stands_twice_helm_takes_the_last_and_the_server_none()
    {
        const string text = "a: 1\nb: 2\na: 3\n";

        YamlReader.Read(text, YamlDialect.Helm, "f").TextAt("a").ShouldBe("3");
        var refused = Should.Throw<UnreadableException>(() => YamlReader.Read(text, YamlDialect.Server, "f"));
        (refused.Line, refused.Column).ShouldBe((3, 1));
    }

    [Fact]
    public void Anchors_aliases_and_merges_are_followed()
    {
        var root = YamlReader.Read("x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\nz: *x\n", YamlDialect.Helm, "f");

        root.TextAt("y.a").ShouldBe("1");
        root.TextAt("y.b").ShouldBe("3");
        root.At("z.b")!.Path.ShouldBe("z.b");
    }

    [Fact]
    public void A_bomb_of_aliases_is_a_message_and_no_memory()
    {
        var bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 12).Select(i => $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]\n"));

        Should.Throw<UnreadableException>(() => YamlReader.Read(bomb, YamlDialect.Helm, "f")).Message.ShouldContain("more values than are read");
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    public void Deep_nesting_is_a_message(char open) =>
        Should.Throw<UnreadableException>(() => YamlReader.Read(new string(open, 5000), YamlDialect.Helm, "f"));

    [Theory]
    [InlineData("a: b: hunter2-secret")]
    [InlineData("\"hunter2-secret")]
    [InlineData("a: *hunter2-secret\nb: [")]
    [InlineData("? [hunter2-secret]\n: 1")]
    public void A_broken_file_says_where_and_quotes_nothing(string text)
    {
        var broken = Should.Throw<UnreadableException>(() => YamlReader.Read(text, YamlDialect.Helm, "values.yaml"));

        broken.Line.ShouldBeGreaterThan(0);
        broken.File.ShouldBe("values.yaml");
        if (!text.Contains('*'))
        {
            broken.Message.ShouldNotContain("hunter2");
        }
    }

    [Fact]
    public void Empty_documents_are_left_out_and_a_second_one_is_refused_where_one_is_wanted()
    {
        YamlReader.ReadAll("---\n# nothing\n---\na: 1\n---\n---\nb: 2\n", YamlDialect.Helm, "f").Count.ShouldBe(2);
        YamlReader.Read("", YamlDialect.Helm, "f").Kind.ShouldBe(YamlKind.Null);
        Should.Throw<UnreadableException>(() => YamlReader.Read("a: 1\n---\nb: 2\n", YamlDialect.Helm, "f")).Line.ShouldBe(3);
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_and_files_that_are_too_large_are_refused()
    {
        Should.Throw<UnreadableException>(() => YamlReader.Read([0x61, 0x3a, 0x20, 0xff], YamlDialect.Helm, "f")).Message.ShouldContain("UTF-8");
        Should.Throw<UnreadableException>(() => YamlReader.Read(new string(' ', YamlReader.LargestText + 1), YamlDialect.Helm, "f")).Message.ShouldContain("16 MiB");
    }

    [Fact]
    public void A_file_inside_a_file_keeps_the_outer_ones_lines()
    {
        var root = YamlReader.Read("data:\n  f.yaml: |-\n    a:\n      b: 1\n", YamlDialect.Helm, "cm.yaml");

        var inner = YamlReader.ReadEmbedded(root.Find("data")!.Find("f.yaml")!, YamlDialect.Server);

        inner.At("a.b")!.Line.ShouldBe(4);
    }

    [Fact]
    public void Written_YAML_reads_back_and_hides_passwords()
    {
        var root = YamlReader.Read("a: {b: 'yes', c: [1, {d: x}], e: {}, password: hunter2}\n", YamlDialect.Helm, "f");

        var written = root.ToYaml();

        written.ShouldNotContain("hunter2");
        var back = YamlReader.Read(written, YamlDialect.Helm, "g");
        back.At("a.b")!.Kind.ShouldBe(YamlKind.Text);
        back.At("a.c")!.Items[1].TextAt("d").ShouldBe("x");
        back.At("a.e")!.IsMap.ShouldBeTrue();
    }
}
