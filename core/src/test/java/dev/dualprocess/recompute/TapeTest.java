package dev.dualprocess.recompute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class TapeTest {
  /** Gradients of a pass with a shared input, two streams, a weight, and pieces between blocks. */
  private static List<float[]> gradients(boolean recomputes) {
    Blocks blocks = new Blocks();
    List<float[]> gradients = new ArrayList<>();
    try (PointerScope scope = new PointerScope();
        Tape tape = new Tape(blocks, recomputes, true)) {
      Tensor x = Ops.leaf(Noise.randn(1, 5, 4));
      Tensor c = Ops.leaf(Noise.randn(2, 1, 4));
      Tensor w = Ops.leaf(Noise.randn(3, 4, 4));
      Tensor loss = tape.record(() -> pass(blocks, x, c, w));
      assertFalse(loss.grad().defined());
      tape.backward(loss, null);
      for (Tensor leaf : List.of(x, c, w)) {
        gradients.add(Ops.toFloats(leaf.grad()));
      }
    }
    return gradients;
  }

  private static Tensor pass(Blocks blocks, Tensor x, Tensor c, Tensor w) {
    Tensor shared = Ops.silu(c); // plain, and read by every block
    Tensor first = Ops.mul(x, 1.5);
    Tensor[] two =
        blocks.runAll(in -> new Tensor[] {in[0].matmul(w).tanh(), in[0].mul(in[1])}, first, shared);
    two = blocks.runAll(in -> new Tensor[] {in[0].add(in[1]), in[1].tanh()}, two);
    blocks.border(); // changes nothing but what the C library keeps
    Tensor joined = Ops.cat(0, two[0], two[1]); // plain, between two blocks
    Tensor last = joined;
    for (int i = 0; i < 3; i++) {
      Tensor before = last;
      last = blocks.run(in -> Ops.gelu(in[0].matmul(w)).add(in[1]), before, shared);
    }
    Tensor again = blocks.run(h -> h.square(), joined); // the same plain piece once more
    return last.sum().add(again.sum());
  }

  @Test
  void gradientsAreThoseOfTheWholeGraph() {
    List<float[]> plain = gradients(false);
    List<float[]> recomputed = gradients(true);
    for (int i = 0; i < plain.size(); i++) {
      assertArrayEquals(plain.get(i), recomputed.get(i), 1e-5f);
    }
  }

  @Test
  void aBlockIsRunTwiceWithItAndOnceWithout() {
    assertEquals(1, runs(false, true));
    assertEquals(2, runs(true, true));
  }

  @Test
  void whatNeedsNoGradientIsNotKept() {
    assertEquals(1, runs(true, false));
  }

  private static int runs(boolean recomputes, boolean wanted) {
    Blocks blocks = new Blocks();
    int[] count = new int[1];
    try (PointerScope scope = new PointerScope();
        Tape tape = new Tape(blocks, recomputes, false)) {
      Tensor x = Noise.randn(1, 3).set_requires_grad(wanted);
      Tensor y =
          tape.record(
              () ->
                  blocks.run(
                      h -> {
                        count[0]++;
                        return h.square();
                      },
                      x));
      assertEquals(wanted, y.requires_grad());
      if (wanted) {
        tape.backward(y.sum(), null);
      }
    }
    return count[0];
  }

  @Test
  void withoutATapeABlockIsOrdinary() {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Ops.leaf(Noise.randn(1, 3));
      Tensor y = new Blocks().run(Tensor::square, x);
      y.sum().backward();
      assertArrayEquals(Ops.toFloats(Ops.mul(x, 2)), Ops.toFloats(x.grad()));
    }
  }

  @Test
  void noGradientModeIsKept() {
    Blocks blocks = new Blocks();
    try (PointerScope scope = new PointerScope();
        Tape tape = new Tape(blocks, true, true)) {
      Tensor x = Ops.leaf(Noise.randn(1, 3));
      Tensor y = tape.record(() -> Memory.noGrad(() -> blocks.run(Tensor::square, x)));
      assertFalse(y.requires_grad());
    }
  }

  @Test
  void anErrorInABlockLeavesTheThreadAsItWas() {
    Blocks blocks = new Blocks();
    try (PointerScope scope = new PointerScope();
        Tape tape = new Tape(blocks, true, true)) {
      Tensor x = Ops.leaf(Noise.randn(1, 3));
      assertThrows(
          IllegalStateException.class,
          () ->
              tape.record(
                  () ->
                      blocks.run(
                          h -> {
                            throw new IllegalStateException("broken");
                          },
                          x)));
    }
    assertEquals(1, runs(false, true));
  }

  /** Whoever runs the model meanwhile, with or without gradient, leaves nothing on the tape. */
  @Test
  void anotherThreadsBlocksAreOrdinary() {
    Blocks blocks = new Blocks();
    List<Boolean> leaves = new ArrayList<>();
    try (PointerScope scope = new PointerScope();
        Tape tape = new Tape(blocks, true, true)) {
      tape.record(
          () -> {
            leaves.add(isLeaf(blocks));
            return CompletableFuture.runAsync(() -> leaves.add(isLeaf(blocks))).join();
          });
    }
    assertEquals(List.of(true, false), leaves);
  }

  private static boolean isLeaf(Blocks blocks) {
    try (PointerScope scope = new PointerScope()) {
      return blocks.run(Tensor::square, Ops.leaf(Noise.randn(1, 3))).__dispatch_is_leaf();
    }
  }

  @Test
  void autoRecomputesOnlyWhereMemoryIsShort() {
    Recomputation auto = new Recomputation(Recompute.AUTO, Placement.CPU);
    assertFalse(pass(auto, "small"));
    assertFalse(pass(auto, "small"));
    assertFalse(pass(auto, "another"));
    assertFalse(pass(new Recomputation(Recompute.OFF, Placement.CPU), "small"));
    assertTrue(pass(new Recomputation(Recompute.ON, Placement.CPU), "small"));
  }

  private static boolean pass(Recomputation recomputation, String shape) {
    try (PointerScope scope = new PointerScope();
        Tape tape = recomputation.tape(shape, false)) {
      tape.record(() -> recomputation.blocks().run(Tensor::square, Ops.leaf(Noise.randn(1, 3))));
      return tape.recomputes();
    }
  }

  @Test
  void anUnknownPolicyIsRefused() {
    assertEquals(Recompute.AUTO, Recompute.parse("Auto"));
    assertThrows(IllegalArgumentException.class, () -> Recompute.parse("sometimes"));
  }
}
