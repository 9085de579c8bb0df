package dev.dualprocess.capture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Draft;
import dev.dualprocess.recompute.Recomputation;
import dev.dualprocess.recompute.Recompute;
import dev.dualprocess.spi.TensorDraft;
import dev.dualprocess.tensor.Capturing;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Flops;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.PeakMemory;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.tensor.Torch;
import dev.dualprocess.testing.Rerun;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Passes that are captured when they come again. */
class CapturesTest {
  private final Rerun recorder = new Rerun();
  private final Captures captures = new Captures(recorder);
  private PointerScope scope;

  @BeforeEach
  void openScope() {
    scope = new PointerScope();
  }

  @AfterEach
  void closeScope() {
    captures.close();
    scope.close();
    Torch.setCudaGraphs(false);
  }

  private static Tensor of(float... values) {
    return Ops.floats(values, values.length);
  }

  private float[] twice(Object key, float... values) {
    return Ops.toFloats(
        captures.run(key, of(values), x -> new Tensor[] {Ops.mul(x, 2), x.sum()})[0]);
  }

  @Test
  void theSecondPassOfAKindIsCapturedAndFromThenOnReplayed() {
    assertArrayEquals(new float[] {2, 4}, twice("a", 1, 2));
    assertEquals(0, recorder.recorded());
    assertArrayEquals(new float[] {6, 8}, twice("a", 3, 4));
    assertEquals(1, recorder.recorded());
    assertEquals(1, recorder.replayed());
    assertArrayEquals(new float[] {10, 12}, twice("a", 5, 6));
    assertEquals(1, recorder.recorded());
    assertEquals(2, recorder.replayed());
    assertArrayEquals(new float[] {14}, twice("b", 7));
    assertEquals(1, captures.size());
  }

  @Test
  void resultsStayWhenThePassIsReplayed() {
    twice("a", 1);
    Tensor[] first = captures.run("a", of(1), x -> new Tensor[] {Ops.mul(x, 2), x.sum()});
    twice("a", 8);
    assertEquals(2, first[0].item_double());
    assertEquals(1, first[1].item_double());
  }

  @Test
  void kindsBeyondTheMostAreRunAsTheyAre() {
    for (int round = 0; round < 3; round++) {
      for (int key = 0; key < 40; key++) {
        assertArrayEquals(new float[] {2 * key}, twice(key, key));
      }
    }
    assertEquals(32, captures.size());
    captures.close();
    assertEquals(0, recorder.open());
  }

  @Test
  void workThatAsksTheHostIsNotCaptured() {
    for (int i = 1; i < 4; i++) {
      Tensor found = captures.run("a", of(i), x -> new Tensor[] {x.add(of(1))})[0];
      assertEquals(i + 1, found.item_double());
    }
    assertEquals(0, captures.size());
    assertEquals(0, recorder.replayed());
    assertArrayEquals(new float[] {2}, twice("b", 1));
    assertArrayEquals(new float[] {2}, twice("b", 1));
    assertEquals(0, captures.size());
  }

  @Test
  void whatACacheForgetsStaysAsLongAsItIsReplayed() {
    TensorOwner cache = new TensorOwner();
    Tensor cached = cache.own(of(5));
    long before = cached.use_count();
    for (int i = 0; i < 2; i++) {
      captures.run(
          "a",
          of(1),
          x -> {
            cache.hold();
            return new Tensor[] {x.add(cached)};
          });
    }
    assertTrue(cached.use_count() > before);
    captures.close();
    assertEquals(before, cached.use_count());
    assertEquals(cached, Capturing.hold(cached));
    assertEquals(before, cached.use_count());
    cache.close();
  }

  @Test
  void operationsAreCountedOncePerReplay() {
    Tensor weight = of(1, 2, 3, 4).view(2, 2);
    List<Long> counted = new ArrayList<>();
    Flops.Counter counter =
        new Flops.Counter() {
          @Override
          public void forward(long operations) {
            counted.add(operations);
          }

          @Override
          public void backward(long operations) {
            throw new AssertionError("no gradient is asked for");
          }
        };
    for (int i = 0; i < 3; i++) {
      Flops.counting(
          counter,
          () -> captures.run("a", of(1, 2), x -> new Tensor[] {Ops.linear(x, weight, null)}));
    }
    assertEquals(List.of(8L, 8L, 8L), counted);
  }

  /** An image w z² with the gradient of w. */
  private static Draft drawn(Tensor w, Tensor z) {
    return TensorDraft.of(
        new Recomputation(Recompute.OFF, Placement.CPU).tape("a shape", true),
        () -> w.mul(z.square()));
  }

  @Test
  void draftsAreReplayedWithTheirBackward() {
    Tensor w = Ops.leaf(of(1, 2, 3));
    w.mutable_grad().put(of(0, 0, 0));
    for (int i = 1; i < 5; i++) {
      try (Draft draft = captures.draft("a", of(i, i, i), z -> drawn(w, z))) {
        assertArrayEquals(new float[] {i * i, 2 * i * i, 3 * i * i}, Ops.toFloats(draft.image()));
        draft.backward(of(1, 10, i));
        float[] wanted = {i * i, 10 * i * i, i * i * i};
        assertArrayEquals(wanted, Ops.toFloats(w.grad()));
        assertThrows(IllegalStateException.class, () -> draft.backward(of(1, 1, 1)));
      }
      w.grad().zero_();
    }
    assertEquals(1, captures.size());
    assertEquals(2, recorder.recorded());
    assertEquals(6, recorder.replayed());
  }

  @Test
  void withoutBeingAskedNothingIsCaptured() {
    assertFalse(Torch.cudaGraphs());
    try (Captures none = Captures.on(Placement.CPU)) {
      for (int i = 0; i < 3; i++) {
        assertEquals(3, none.run("a", of(3), x -> new Tensor[] {x})[0].item_double());
      }
      assertEquals(0, none.size());
    }
  }

  @Test
  @Tag("gpu")
  void cudaGraphsGiveWhatThePassGivesAndLeaveNothingBehind() {
    Placement cuda = new Placement("cuda:0", Dtype.FLOAT32);
    Torch.setCudaGraphs(true);
    assertCudaGraphs(cuda); // libraries take memory of their own at first
    PeakMemory memory = PeakMemory.of(cuda);
    long before = memory.bytesNow();
    assertCudaGraphs(cuda);
    assertEquals(before, memory.bytesNow());
  }

  private static void assertCudaGraphs(Placement cuda) {
    try (Captures graphs = Captures.on(cuda);
        PointerScope inner = new PointerScope()) {
      Tensor w = Ops.leaf(cuda.placeFloat32(of(1, 2, 3)));
      w.mutable_grad().put(cuda.placeFloat32(of(0, 0, 0)));
      for (int i = 1; i < 5; i++) {
        Tensor x = cuda.placeFloat32(of(i, i, i));
        Tensor[] made = graphs.run("outer", x, y -> new Tensor[] {torch.outer(y, y), y.sum()});
        assertEquals(9 * i * i, made[0].sum().item_double());
        assertEquals(3 * i, made[1].item_double());
        try (Draft draft = graphs.draft("draft", x, z -> drawn(w, z))) {
          draft.backward(of(1, 10, i));
          assertArrayEquals(new float[] {i * i, 2 * i * i, 3 * i * i}, Ops.toFloats(draft.image()));
          assertArrayEquals(new float[] {i * i, 10 * i * i, i * i * i}, Ops.toFloats(w.grad()));
        }
        w.grad().zero_();
      }
      assertEquals(2, graphs.size());
    }
  }

  @Test
  @Tag("gpu")
  void whatCannotBeAGraphIsRunAsItIs() {
    Placement cuda = new Placement("cuda:0", Dtype.FLOAT32);
    Torch.setCudaGraphs(true);
    try (Captures graphs = Captures.on(cuda)) {
      for (int i = 1; i < 4; i++) {
        // Reads a value past our own vocabulary, so that CUDA itself refuses.
        Tensor x = cuda.placeFloat32(of(i));
        Tensor found = graphs.run("a", x, y -> new Tensor[] {Ops.mul(y, y.item_double())})[0];
        assertEquals(i * i, found.item_double());
      }
      assertEquals(0, graphs.size());
    }
    assertEquals(4, cuda.placeFloat32(of(2)).square().item_double(), "the device goes on");
  }
}
