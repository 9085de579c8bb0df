package dev.dualprocess.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ForesightTest {
  /** Forward through all blocks of three, then each again, last to first, as recompute does. */
  private static List<Object> step(List<List<Object>> blocks) {
    List<Object> order = new ArrayList<>();
    blocks.forEach(order::addAll);
    List<List<Object>> back = new ArrayList<>(blocks);
    Collections.reverse(back);
    back.forEach(order::addAll);
    return order;
  }

  private static List<List<Object>> blocks(int n) {
    return IntStream.range(0, n)
        .mapToObj(i -> IntStream.range(0, 3).mapToObj(j -> (Object) (i + "." + j)).toList())
        .toList();
  }

  @Test
  void aStepIsToldByTheOneBefore() {
    List<Object> step = step(blocks(7));
    Foresight<Object> foresight = new Foresight<>();
    step.forEach(foresight::asked);
    foresight.asked(step.get(0));
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < step.size(); i++) {
        for (int ahead = 0; ahead < 4; ahead++) {
          Object wanted = step.get((i + 1 + ahead) % step.size());
          Object found = foresight.after(ahead);
          if (round > 0) {
            assertEquals(wanted, found, "step " + i + ", " + ahead + " ahead");
          }
        }
        foresight.asked(step.get((i + 1) % step.size()));
      }
    }
  }

  @Test
  void nobodyCanTellTheFirstTime() {
    Foresight<Object> foresight = new Foresight<>();
    foresight.asked("a");
    assertNull(foresight.after(0));
    foresight.asked("b");
    assertNull(foresight.after(0));
    foresight.asked("a");
    assertEquals("b", foresight.after(0));
  }

  @Test
  void anotherOrderIsLearnt() {
    List<Object> one = step(blocks(5));
    List<Object> other = new ArrayList<>(one);
    Collections.reverse(other);
    Foresight<Object> foresight = new Foresight<>();
    one.forEach(foresight::asked);
    for (int round = 0; round < 2; round++) {
      other.forEach(foresight::asked);
    }
    foresight.asked(other.get(0));
    for (int i = 1; i < other.size(); i++) {
      assertEquals(other.get(i), foresight.after(0), "place " + i);
      foresight.asked(other.get(i));
    }
  }

  @Test
  void aLongPastIsForgottenButNotItsOrder() {
    List<Object> step = step(blocks(50));
    Foresight<Object> foresight = new Foresight<>();
    for (int round = 0; round < 200; round++) {
      step.forEach(foresight::asked);
    }
    foresight.asked(step.get(0));
    assertEquals(step.get(1), foresight.after(0));
    assertEquals(step.get(2), foresight.after(1));
  }
}
