namespace TemporalConformance.SelfTests;

/// <summary>Files that Microsoft.Testing.Extensions.TrxReport 2.5.2 wrote for xUnit v3 4.0.2; names of folders and machine replaced.</summary>
internal static class RecordedTrx
{
    /// <summary>A pass, a skip with an answer, a failure with an answer, and a timeout.</summary>
    public const string Mixed = """
        <?xml version="1.0" encoding="utf-8"?>
        <TestRun id="40b3bbe1-ae2e-42b9-8cbe-c1953bd9988f" name="@host 2026-11-25 03:38:48.6867519" xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">
          <Times creation="2026-11-25T03:38:47.7812474Z" queuing="2026-11-25T03:38:47.7812474Z" start="2026-11-25T03:38:47.7812474Z" finish="2026-11-25T03:38:48.6873569Z" />
          <TestSettings name="default" id="7931e27d-1e00-4733-9725-31c46d31c8f8">
            <Deployment runDeploymentRoot="_host_2026-11-25_03_38_48.6867519" />
          </TestSettings>
          <Results>
            <UnitTestResult executionId="72cc9ac0-f311-49ca-93f2-a2eff06c6be0" testId="2fb0a683-f2b8-3ea7-335c-997192e82d6a" testName="SchemaTests.Main_store_is_ok" computerName="host" duration="00:00:00.0140000" startTime="2026-11-25T03:38:48.0495499+00:00" endTime="2026-11-25T03:38:48.0791566+00:00" testType="13CDC9D9-DDB5-4fa4-A97D-D965CCFC6D4B" outcome="Passed" testListId="8C84FA94-04C1-424b-9868-57A2D4851A1D" relativeResultsDirectory="72cc9ac0-f311-49ca-93f2-a2eff06c6be0" />
            <UnitTestResult executionId="9adda766-2910-40c5-9d09-686f28177869" testId="a23d2623-c5dd-5d55-e3f0-b1ff0672e379" testName="SchemaTests.Main_store_is_skipped" computerName="host" duration="00:00:00.0000000" startTime="2026-11-25T03:38:48.0901410+00:00" endTime="2026-11-25T03:38:48.0924874+00:00" testType="13CDC9D9-DDB5-4fa4-A97D-D965CCFC6D4B" outcome="NotExecuted" testListId="8C84FA94-04C1-424b-9868-57A2D4851A1D" relativeResultsDirectory="9adda766-2910-40c5-9d09-686f28177869">
              <Output>
                <StdOut>[violated] bad
        wanted: x
        observed: y</StdOut>
              </Output>
            </UnitTestResult>
            <UnitTestResult executionId="5c44b466-c0e1-4a78-811d-39ade4a1f2bc" testId="893f29a0-096b-55b6-f1ed-f90c038a6a92" testName="SchemaTests.Main_store_is_red" computerName="host" duration="00:00:00.0000000" startTime="2026-11-25T03:38:48.0927829+00:00" endTime="2026-11-25T03:38:48.1114607+00:00" testType="13CDC9D9-DDB5-4fa4-A97D-D965CCFC6D4B" outcome="Failed" testListId="8C84FA94-04C1-424b-9868-57A2D4851A1D" relativeResultsDirectory="5c44b466-c0e1-4a78-811d-39ade4a1f2bc">
              <Output>
                <ErrorInfo>
                  <Message>TemporalConformance.Checks.Violated : [violated] bad
        wanted: x
        observed: y</Message>
                  <StackTrace>   at SchemaTests.&lt;&gt;c.&lt;Main_store_is_red&gt;b__3_0() in /src/t/T.cs:line 5
           at L.Fx.Ask(Func`1 f) in /src/lib/C.cs:line 14
           at SchemaTests.Main_store_is_red() in /src/t/T.cs:line 5
           at System.Reflection.MethodBaseInvoker.InterpretedInvoke_Method(Object obj, IntPtr* args)
           at System.Reflection.MethodBaseInvoker.InvokeWithNoArgs(Object obj, BindingFlags invokeAttr)</StackTrace>
                </ErrorInfo>
              </Output>
            </UnitTestResult>
            <UnitTestResult executionId="5566cf2d-0292-4453-9c46-4c7796c03b5e" testId="99605a9b-44c9-249b-7d0e-17d7574ba180" testName="SchemaTests.T" computerName="host" duration="00:00:00.5040000" startTime="2026-11-25T03:38:48.1121271+00:00" endTime="2026-11-25T03:38:48.6245885+00:00" testType="13CDC9D9-DDB5-4fa4-A97D-D965CCFC6D4B" outcome="Failed" testListId="8C84FA94-04C1-424b-9868-57A2D4851A1D" relativeResultsDirectory="5566cf2d-0292-4453-9c46-4c7796c03b5e">
              <Output>
                <ErrorInfo>
                  <Message>Test execution timed out after 500 milliseconds</Message>
                  <StackTrace>--- End of stack trace from previous location ---</StackTrace>
                </ErrorInfo>
              </Output>
            </UnitTestResult>
          </Results>
          <TestDefinitions>
            <UnitTest name="SchemaTests.Main_store_is_ok" storage="/src/bin/release/net10.0/preupgrade.dll" id="2fb0a683-f2b8-3ea7-335c-997192e82d6a">
              <Execution id="72cc9ac0-f311-49ca-93f2-a2eff06c6be0" />
              <Properties>
                <Property>
                  <Key>remedy</Key>
                  <Value>do</Value>
                </Property>
                <Property>
                  <Key>severity</Key>
                  <Value>Blocker</Value>
                </Property>
                <Property>
                  <Key>check</Key>
                  <Value>schema/a</Value>
                </Property>
              </Properties>
              <TestMethod codeBase="/src/bin/Release/net10.0/PreUpgrade.dll" adapterTypeName="executor://30ea7c6e-dd24-4152-a360-1387158cd41d/4.0.2" className="SchemaTests" name="Main_store_is_ok" />
            </UnitTest>
            <UnitTest name="SchemaTests.Main_store_is_skipped" storage="/src/bin/release/net10.0/preupgrade.dll" id="a23d2623-c5dd-5d55-e3f0-b1ff0672e379">
              <Execution id="9adda766-2910-40c5-9d09-686f28177869" />
              <Properties>
                <Property>
                  <Key>remedy</Key>
                  <Value></Value>
                </Property>
                <Property>
                  <Key>severity</Key>
                  <Value>Advisory</Value>
                </Property>
                <Property>
                  <Key>check</Key>
                  <Value>schema/c</Value>
                </Property>
              </Properties>
              <TestMethod codeBase="/src/bin/Release/net10.0/PreUpgrade.dll" adapterTypeName="executor://30ea7c6e-dd24-4152-a360-1387158cd41d/4.0.2" className="SchemaTests" name="Main_store_is_skipped" />
            </UnitTest>
            <UnitTest name="SchemaTests.Main_store_is_red" storage="/src/bin/release/net10.0/preupgrade.dll" id="893f29a0-096b-55b6-f1ed-f90c038a6a92">
              <Execution id="5c44b466-c0e1-4a78-811d-39ade4a1f2bc" />
              <Properties>
                <Property>
                  <Key>remedy</Key>
                  <Value></Value>
                </Property>
                <Property>
                  <Key>severity</Key>
                  <Value>Blocker</Value>
                </Property>
                <Property>
                  <Key>check</Key>
                  <Value>schema/b</Value>
                </Property>
              </Properties>
              <TestMethod codeBase="/src/bin/Release/net10.0/PreUpgrade.dll" adapterTypeName="executor://30ea7c6e-dd24-4152-a360-1387158cd41d/4.0.2" className="SchemaTests" name="Main_store_is_red" />
            </UnitTest>
            <UnitTest name="SchemaTests.T" storage="/src/bin/release/net10.0/preupgrade.dll" id="99605a9b-44c9-249b-7d0e-17d7574ba180">
              <Execution id="5566cf2d-0292-4453-9c46-4c7796c03b5e" />
              <Properties>
                <Property>
                  <Key>remedy</Key>
                  <Value></Value>
                </Property>
                <Property>
                  <Key>severity</Key>
                  <Value>Blocker</Value>
                </Property>
                <Property>
                  <Key>check</Key>
                  <Value>schema/d</Value>
                </Property>
              </Properties>
              <TestMethod codeBase="/src/bin/Release/net10.0/PreUpgrade.dll" adapterTypeName="executor://30ea7c6e-dd24-4152-a360-1387158cd41d/4.0.2" className="SchemaTests" name="T" />
            </UnitTest>
          </TestDefinitions>
          <TestEntries>
            <TestEntry testId="2fb0a683-f2b8-3ea7-335c-997192e82d6a" executionId="72cc9ac0-f311-49ca-93f2-a2eff06c6be0" testListId="8C84FA94-04C1-424b-9868-57A2D4851A1D" />
            <TestEntry testId="a23d2623-c5dd-5d55-e3f0-b1ff0672e379" executionId="9adda766-2910-40c5-9d09-686f28177869" testListId="8C84FA94-04C1-424b-9868-57A2D4851A1D" />
            <TestEntry testId="893f29a0-096b-55b6-f1ed-f90c038a6a92" executionId="5c44b466-c0e1-4a78-811d-39ade4a1f2bc" testListId="8C84FA94-04C1-424b-9868-57A2D4851A1D" />
            <TestEntry testId="99605a9b-44c9-249b-7d0e-17d7574ba180" executionId="5566cf2d-0292-4453-9c46-4c7796c03b5e" testListId="8C84FA94-04C1-424b-9868-57A2D4851A1D" />
          </TestEntries>
          <TestLists>
            <TestList name="Results Not in a List" id="8C84FA94-04C1-424b-9868-57A2D4851A1D" />
            <TestList name="All Loaded Results" id="19431567-8539-422a-85d7-44ee4e166bda" />
          </TestLists>
          <ResultSummary outcome="Failed">
            <Counters total="4" executed="2" passed="1" failed="1" error="0" timeout="1" aborted="0" inconclusive="0" passedButRunAborted="0" notRunnable="0" notExecuted="1" disconnected="0" warning="0" completed="0" inProgress="0" pending="0" />
            <RunInfos>
              <RunInfo computerName="host" outcome="Error" timestamp="2026-11-25T03:38:48.6965778">
                <Text>Exit code indicates failure: '2'. Please refer to https://aka.ms/testingplatform/exitcodes for more information.</Text>
              </RunInfo>
            </RunInfos>
          </ResultSummary>
        </TestRun>
        """;

    /// <summary>The test host ended by Environment.FailFast (exit code 7); one that throws in DisposeAsync of an assembly fixture leaves the same.</summary>
    public const string Crashed = """
        <?xml version="1.0" encoding="utf-8"?>
        <TestRun id="980e526f-69b3-42f1-b7bd-e821595ebebc" name="@host 2026-11-25 03:46:24.0235555" xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">
          <Times creation="2026-11-25T03:46:23.0741416Z" queuing="2026-11-25T03:46:23.0741416Z" start="2026-11-25T03:46:23.0741416Z" finish="2026-11-25T03:46:24.0241244Z" />
          <TestSettings name="default" id="696c605e-6d7e-4846-abbb-97e0b0b25c21">
            <Deployment runDeploymentRoot="_host_2026-11-25_03_46_24.0235555" />
          </TestSettings>
          <Results />
          <TestDefinitions />
          <TestEntries />
          <TestLists>
            <TestList name="Results Not in a List" id="8C84FA94-04C1-424b-9868-57A2D4851A1D" />
            <TestList name="All Loaded Results" id="19431567-8539-422a-85d7-44ee4e166bda" />
          </TestLists>
          <ResultSummary outcome="Failed">
            <Counters total="0" executed="0" passed="0" failed="0" error="0" timeout="0" aborted="0" inconclusive="0" passedButRunAborted="0" notRunnable="0" notExecuted="0" disconnected="0" warning="0" completed="0" inProgress="0" pending="0" />
            <RunInfos>
              <RunInfo computerName="host" outcome="Error" timestamp="2026-11-25T03:46:24.0295682">
                <Text>Test host process pid: 8081 crashed.</Text>
              </RunInfo>
            </RunInfos>
          </ResultSummary>
        </TestRun>
        """;
}
