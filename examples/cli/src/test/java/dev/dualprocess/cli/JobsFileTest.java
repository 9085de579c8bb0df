package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.cli.bulk.Job;
import dev.dualprocess.cli.bulk.JobsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs are read as {@code distill} reads its options, and refused by line. */
class JobsFileTest {
  private static final JobReading READING = new JobReading("cpu", 1);
  private static final String TINY = "\"generator\":\"tiny\",\"verifier\":\"tiny\"";

  @TempDir private Path temporary;

  private List<Job> read(String... lines) throws IOException {
    Path file = Files.writeString(temporary.resolve("jobs.jsonl"), String.join("\n", lines));
    return READING.read(JobsFile.of(file));
  }

  private static String job(String more) {
    return "{" + TINY + ",\"prompt\":\"a beach\"," + more + "}";
  }

  @Test
  void readsEveryKindOfOption() throws IOException {
    List<Job> jobs =
        read(
            "# all kinds",
            "",
            job(
                "\"question\":[\"A?\",\"B?\"],\"answer\":[\"Yes\",\"No\"],\"steps\":7,"
                    + "\"learning-rate\":1e-4,\"no-postfix\":true,\"offload\":false,"
                    + "\"preset\":\"authors\",\"name\":\"one\",\"tags\":[\"x\",\"y\"]"));
    assertEquals(
        List.of(
            "--generator=tiny",
            "--verifier=tiny",
            "--prompt=a beach",
            "--question=A?",
            "--question=B?",
            "--answer=Yes",
            "--answer=No",
            "--steps=7",
            "--learning-rate=1.0E-4",
            "--no-postfix",
            "--preset=authors"),
        jobs.get(0).args());
    assertEquals("one", jobs.get(0).name());
    assertEquals(List.of("x", "y"), jobs.get(0).tags());
    DistillCommand.Asked asked = READING.asked(jobs.get(0).args());
    assertEquals(2, asked.prompts().get(0).checks().size());
  }

  @Test
  void namesFollowFromTheJobAndStayWhenLinesMove() throws IOException {
    String one = job("\"question\":\"A?\"");
    String two = job("\"question\":\"B?\"");
    List<Job> jobs = read(one, two);
    assertTrue(jobs.get(0).name().matches("a-beach-[0-9a-f]{8}"), jobs.get(0).name());
    assertNotEquals(jobs.get(0).name(), jobs.get(1).name());
    assertEquals(jobs.get(1).name(), read(two, one).get(0).name());
  }

  @Test
  void repeatMakesAJobOfEachSeed() throws IOException {
    List<Job> jobs = read(job("\"question\":\"A?\",\"name\":\"n\",\"seed\":5,\"repeat\":3"));
    assertEquals(
        List.of("n-seed-5", "n-seed-6", "n-seed-7"), jobs.stream().map(Job::name).toList());
    assertTrue(jobs.get(2).args().contains("--seed=7"));
  }

  @Test
  void jobsOfTheSameModelsFollowEachOther() throws IOException {
    String other = ",\"weights\":\"int8\"";
    List<Job> jobs =
        read(
            job("\"question\":\"A?\""),
            job("\"question\":\"B?\"" + other),
            job("\"question\":\"C?\""),
            job("\"question\":\"D?\"" + other));
    assertEquals(List.of(0, 0, 1, 1), jobs.stream().map(Job::group).toList());
    assertTrue(jobs.get(1).args().contains("--question=C?"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"question\":\"A?\",\"stesp\":7|there is no 'stesp'",
        "\"question\":\"A?\",\"steps\":\"many\"|'many'",
        "\"question\":\"A?\",\"steps\":-1|steps",
        "\"question\":\"A?\",\"steps\":{}|'steps' is to be a text or a number",
        "\"question\":\"A?\",\"offload\":\"yes\"|'offload' is to be true or false",
        "\"question\":\"A?\",\"out\":\"x\"|'out' is not for a job",
        "\"question\":\"A?\",\"resume\":true|'resume' is not for a job",
        "\"question\":\"A?\",\"name\":\"../x\"|no folder's",
        "\"question\":\"A?\",\"name\":\".bulk\"|no folder's",
        "\"question\":\"A?\",\"repeat\":0|'repeat' is to be from 1",
        "\"question\":\"A?\",\"repeat\":\"2\"|'repeat' is to be a whole number",
        "\"question\":\"A?\",\"steps\":3,\"steps\":4|not valid JSON",
        "\"steps\":3|nothing to ask",
        "\"horizon\":2|horizon",
        "\"question\":\"A?\",\"horizon\":0.5,\"depth\":[0,0,1,1]|mutually exclusive",
        "\"question\":\"A?\",\"generator-device\":\"cuda:99\"|cuda:99",
        "\"overlay\":\"no-such.png\",\"question\":\"A?\"|no-such.png"
      })
  void refusesAMistakeByItsLine(String more, String told) {
    String message =
        assertThrows(IOException.class, () -> read(job("\"question\":\"A?\""), job(more)))
            .getMessage();
    assertTrue(message.contains("jobs.jsonl, line 2: "), message);
    assertTrue(message.contains(told), message);
    assertEquals(1, message.lines().count(), message);
  }

  @Test
  void refusesTheSameJobTwice() {
    String one = job("\"question\":\"A?\"");
    String told = assertThrows(IOException.class, () -> read(one, one)).getMessage();
    assertTrue(told.contains("line 2") && told.contains("line 1 already"), told);
    assertThrows(IOException.class, () -> read("# nothing"));
  }

  @Test
  void recordsOfTheBenchmarkBecomeJobs() throws IOException {
    Path out = temporary.resolve("converted.jsonl");
    List<String> args =
        List.of("bulk", "convert", "sample", "--out", out.toString(), "--with", "generator=tiny");
    Cli.Outcome outcome = Cli.run(List.of(args.toArray(new String[0])));
    assertEquals(0, outcome.exitCode(), outcome.err());
    assertEquals(1, Cli.run(args).exitCode());
    String with = Files.readString(out).replace("\"generator\":\"tiny\"", TINY);
    List<Job> jobs = read(with.split("\n", -1));
    assertEquals(50, jobs.size());
    assertEquals("record-1-1", jobs.get(0).name());
    assertEquals(1, jobs.get(0).tags().size());
  }
}
