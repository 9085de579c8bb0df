package dev.dualprocess.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.cli.DualProcess;
import dev.dualprocess.testing.Soak;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same jobs by {@code bulk} and on Spark: 6 of the bundled models, 24 in the soak, and one that
 * fails.
 */
@Tag("soak")
@DisabledOnOs(OS.WINDOWS) // where Hadoop wants programs of its own
class SparkBulkTest {
  private static final int JOBS = Math.max(6, Soak.times(24));
  private static final String TINY = job("seeds", "tiny", "\"repeat\":" + JOBS / 2);
  private static final String COUNTED = job("warm", "counted", "\"repeat\":" + JOBS / 2);
  private static final String BAD = job("bad", "tiny", "\"size\":\"31x31\"");
  private static final String DEADLY = job("deadly", "deadly", "\"seed\":1");
  private static final String HARMFUL = job("harmful", "harmful", "\"seed\":1");
  private static final List<String> LINES = List.of("# jobs", TINY, "", COUNTED, BAD);

  @TempDir private static Path shared;
  private static Path bulk;

  @TempDir private Path temporary;

  private static String job(String name, String verifier, String more) {
    return ("{\"name\":\"%s\",\"generator\":\"tiny\",\"verifier\":\"%s\",\"tags\":[\"a\",\"b\"],"
            + "\"generator-device\":\"cpu\",\"verifier-device\":\"cpu\","
            + "\"prompt\":\"a photo of a beach\",\"horizon\":0.4,\"steps\":8,\"seeds\":5,"
            + "\"rank\":4,\"evaluation-seeds\":1,%s}")
        .formatted(name, verifier, more);
  }

  @BeforeAll
  static void theSameByBulk() throws IOException {
    bulk = shared.resolve("bulk");
    StringWriter told = new StringWriter();
    int code =
        DualProcess.commandLine()
            .setOut(new PrintWriter(told))
            .setErr(new PrintWriter(told))
            .execute(
                "bulk",
                jobs(shared).toString(),
                "--out",
                bulk.toString(),
                "--devices",
                "cpu:2",
                "--shard",
                "1/1");
    assertEquals(1, code, told.toString());
    assertTrue(
        told.toString().contains("1 of %d jobs failed".formatted(JOBS + 1)), told.toString());
  }

  private static Path jobs(Path folder) throws IOException {
    return Files.write(folder.resolve("jobs.jsonl"), LINES);
  }

  private static SparkSession.Builder spark(String master) {
    return SparkSession.builder()
        .master(master)
        .appName("test")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "localhost")
        .config("spark.driver.bindAddress", "127.0.0.1");
  }

  private static Dataset<String> lines(SparkSession session, List<String> lines) {
    return session.createDataset(lines, Encoders.STRING()).coalesce(1);
  }

  private static byte[] lora(Path out, String name) throws IOException {
    return Files.readAllBytes(out.resolve(name).resolve("lora.safetensors"));
  }

  private static List<String> notes(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  /** What bulk tells of each job that is done. */
  private static Map<String, JsonNode> expected() throws IOException {
    Map<String, JsonNode> done = new TreeMap<>();
    for (JsonNode each : json(bulk.resolve("results.json")).path("results")) {
      if (each.path("state").asText().equals("done")) {
        done.put(each.path("name").asText(), each);
      }
    }
    assertEquals(JOBS, done.size());
    return done;
  }

  /** Each job's folder is there once, is whole, and holds the adapter that bulk has made. */
  private static void assertSameRuns(Path out) throws IOException {
    List<String> runs = new ArrayList<>();
    for (String name : names(out)) {
      if (Files.isDirectory(out.resolve(name)) && !name.equals(".tries")) {
        runs.add(name);
        List<String> files = new ArrayList<>(names(bulk.resolve(name)));
        files.add("job.json");
        assertEquals(files.stream().sorted().toList(), names(out.resolve(name)));
        assertArrayEquals(lora(bulk, name), lora(out, name), name);
      }
    }
    assertEquals(List.copyOf(expected().keySet()), runs);
  }

  private static Row named(List<Row> rows, String name) {
    return rows.stream()
        .filter(row -> row.<String>getAs("name").equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void assertSameRows(List<Row> rows, Path out) throws IOException {
    for (Map.Entry<String, JsonNode> each : expected().entrySet()) {
      Row row = named(rows, each.getKey());
      JsonNode wanted = each.getValue();
      for (String column : List.of("state", "tags", "prompt", "questions", "seed", "steps")) {
        assertEquals(wanted.path(column).asText(), row.<String>getAs(column), column);
      }
      for (String column : List.of("before", "after")) {
        assertEquals(wanted.path(column).asDouble(), row.<Double>getAs(column), column);
      }
      assertEquals(out + "/" + each.getKey(), row.<String>getAs("folder"));
    }
  }

  @Test
  void inThreadsOfTheDriverTheRunsAreThoseOfBulk() throws Exception {
    Path out = temporary.resolve("out");
    Path opened = temporary.resolve("opened");
    String[] args = {jobs(temporary).toString(), out.toUri().toString()};
    System.setProperty(CountedVerifier.NOTES, opened.toString());
    try {
      spark("local[2]").getOrCreate();
      assertEquals(1, SparkProgram.execute(args));
      assertSameRuns(out);
      assertTrue(notes(opened).size() <= 2, "one for each of two tasks beside each other");
      JsonNode results = json(out.resolve("results.json"));
      assertEquals(JOBS, results.path("done").asInt());
      assertEquals(1, results.path("failed").asInt());
      assertEquals(JOBS + 2, Files.readAllLines(out.resolve("results.csv")).size());
      assertTrue(Files.readString(out.resolve("index.html")).contains("bad"));
      assertFalse(names(out).contains(".tries"));

      FileTime before = Files.getLastModifiedTime(out.resolve("warm-seed-0"));
      Files.delete(opened);
      spark("local[2]").getOrCreate();
      assertEquals(1, SparkProgram.execute(args));
      assertEquals(before, Files.getLastModifiedTime(out.resolve("warm-seed-0")));
      assertFalse(Files.exists(opened), "nothing is done again");
    } finally {
      System.clearProperty(CountedVerifier.NOTES);
    }
  }

  /** Two executors of one core and one GPU each, as a script tells. */
  private SparkSession cluster(Path opened) throws IOException {
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    return spark("local-cluster[2,1,2048]")
        .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .config(
            "spark.executor.extraJavaOptions",
            System.getProperty("executor.options") + " -Dopenings=" + opened)
        .config("spark.worker.resource.gpu.amount", "1")
        .config(
            "spark.worker.resource.gpu.discoveryScript", FakeGpus.script(temporary, 1).toString())
        .config("spark.executor.resource.gpu.amount", "1")
        .config("spark.task.resource.gpu.amount", "1")
        .getOrCreate();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void anExecutorThatIsKilledChangesNothing() throws Exception {
    Path out = temporary.resolve("out");
    Path opened = temporary.resolve("opened");
    try (SparkSession session = cluster(opened)) {
      Dataset<Row> results = SparkBulk.into(out.toString()).run(lines(session, LINES));
      assertEquals(List.of(), names(out), "nothing is done before rows are asked for");
      Killer killer = new Killer(2);
      session.sparkContext().addSparkListener(killer);
      List<Row> rows = results.collectAsList();
      assertTrue(killer.killed());
      assertEquals(1, killer.lost());
      assertEquals(JOBS + 1, rows.size());
      assertSameRows(rows, out);
      assertEquals(List.of("failed", 2), state(named(rows, "bad")));
      assertTrue(named(rows, "bad").<String>getAs("reason").contains("31x31"));
      List<Integer> tries = rows.stream().map(row -> row.<Integer>getAs("tries")).sorted().toList();
      assertEquals(JOBS + 3, tries.stream().mapToInt(n -> n).sum(), "two tries of two");
      rows.forEach(row -> assertEquals("cuda:0", row.<String>getAs("device")));
      assertSameRuns(out);
      List<String> processes = notes(opened);
      assertEquals(new HashSet<>(processes).size(), processes.size(), "each opens it once");
    }
    assertFalse(names(out).contains(".tries"), "what the killed one has left is removed");
  }

  /** Not in every build, since Spark starts executors anew for each try. */
  @Test
  @EnabledOnOs(OS.LINUX)
  @EnabledIfSystemProperty(named = "soak.scale", matches = "1")
  void jobsThatEndTheirExecutorsAreRowsThatSaySo() throws Exception {
    Path out = temporary.resolve("out");
    try (SparkSession session = cluster(temporary.resolve("opened"))) {
      List<String> lines = List.of(job("good", "tiny", "\"seed\":1"), DEADLY, HARMFUL);
      List<Row> rows = SparkBulk.into(out.toString()).run(lines(session, lines)).collectAsList();
      assertEquals(List.of("done", 1), state(named(rows, "good")));
      assertEquals(List.of("failed", 2), state(named(rows, "deadly")));
      assertEquals(List.of("failed", 2), state(named(rows, "harmful")));
      assertTrue(named(rows, "deadly").<String>getAs("reason").contains("with its executor"));
      assertTrue(named(rows, "harmful").<String>getAs("reason").contains("the device is lost"));
    }
  }

  private static List<Object> state(Row row) {
    return List.of(row.<String>getAs("state"), row.<Integer>getAs("tries"));
  }

  @Test
  void mistakesAreOneLineBeforeAnythingStarts() throws Exception {
    Path out = temporary.resolve("out");
    try (SparkSession session = spark("local[1]").getOrCreate()) {
      SparkBulk spark = SparkBulk.into(out.toString());
      Map<String, String> mistakes =
          Map.of(
              job("x", "tiny", "\"stesp\":7"),
              "jobs, line 2: there is no 'stesp'",
              job("x", "no-such", "\"seed\":7"),
              "jobs, line 2: ",
              TINY,
              "jobs, line 2: the job 'seeds-seed-0' is at jobs, line 1 already",
              "{",
              "jobs, line 2: not valid JSON");
      for (Map.Entry<String, String> mistake : mistakes.entrySet()) {
        Dataset<String> lines = lines(session, List.of(TINY, mistake.getKey()));
        String told = assertThrows(IOException.class, () -> spark.run(lines)).getMessage();
        assertTrue(told.startsWith(mistake.getValue()), told);
        assertEquals(1, told.lines().count(), told);
      }
      assertFalse(Files.exists(out));
      Dataset<String> lines = lines(session, List.of(TINY));
      Files.createDirectories(out.resolve("seeds-seed-1"));
      String told = assertThrows(IOException.class, () -> spark.run(lines)).getMessage();
      assertTrue(told.contains("seeds-seed-1: is there already"), told);
      assertThrows(IllegalArgumentException.class, () -> spark.withRetries(-1));
    }
  }
}
