package dev.dualprocess.cli.bulk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Shards part the jobs, and are what Slurm and Kubernetes say. */
class ShardTest {
  @Property
  void shardsPartTheJobs(
      @ForAll @IntRange(max = 500) int size, @ForAll @IntRange(min = 1, max = 70) int count) {
    List<Integer> all = IntStream.range(0, size).boxed().toList();
    List<Integer> joined = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      List<Integer> part = new Shard(i, count).of(all);
      assertTrue(part.size() == size / count || part.size() == (size + count - 1) / count);
      joined.addAll(part);
    }
    assertEquals(all, joined);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "3", "0/4", "5/4", "1/0", "-1/4", "a/b", "1/4/2", "9999999999/1"})
  void refusesOthersInOneLine(String written) {
    String told =
        assertThrows(IllegalArgumentException.class, () -> Shard.parse(written)).getMessage();
    assertTrue(told.contains("shard") && told.lines().count() == 1, told);
  }

  @ParameterizedTest
  @CsvSource({"0,0,1,8,1/8", "7,0,1,8,8/8", "1,1,1,8,1/8", "8,1,1,8,8/8", "14,0,2,8,8/8"})
  void slurmSaysWhich(String id, String min, String step, String count, String shard) {
    Map<String, String> variables =
        Map.of(
            "SLURM_ARRAY_TASK_ID", id,
            "SLURM_ARRAY_TASK_MIN", min,
            "SLURM_ARRAY_TASK_STEP", step,
            "SLURM_ARRAY_TASK_COUNT", count);
    assertEquals(Optional.of(Shard.parse(shard)), Shard.of(variables));
  }

  @Test
  void anArrayWithGapsIsRefused() {
    Map<String, String> variables =
        Map.of(
            "SLURM_ARRAY_TASK_ID", "7",
            "SLURM_ARRAY_TASK_MIN", "1",
            "SLURM_ARRAY_TASK_COUNT", "3");
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> Shard.of(variables))
            .getMessage()
            .contains("give --shard I/N"));
  }

  @Test
  void kubernetesSaysWhichWhereTheCountIsGiven() {
    Map<String, String> pod = Map.of("JOB_COMPLETION_INDEX", "3", "DUALPROCESS_SHARDS", "16");
    assertEquals(Optional.of(new Shard(4, 16)), Shard.of(pod));
    String told =
        assertThrows(
                IllegalArgumentException.class, () -> Shard.of(Map.of("JOB_COMPLETION_INDEX", "3")))
            .getMessage();
    assertTrue(told.contains("DUALPROCESS_SHARDS"), told);
    assertEquals(Optional.empty(), Shard.of(Map.of("DUALPROCESS_SHARDS", "16")));
  }
}
