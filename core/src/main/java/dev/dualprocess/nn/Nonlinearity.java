package dev.dualprocess.nn;

import dev.dualprocess.recompute.Ending;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Vjp;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;

/** An activation function whose backward needs its argument alone. */
public enum Nonlinearity {
  /** GELU by the error function. */
  GELU {
    @Override
    Tensor recorded(Tensor x) {
      return Ops.gelu(x);
    }

    @Override
    void inPlace(Tensor x) {
      Ops.geluInPlace(x);
    }

    @Override
    Tensor backward(Tensor x, Tensor dy) {
      return Vjp.gelu(x, dy);
    }
  },
  /** GELU by its tanh approximation. */
  GELU_TANH {
    @Override
    Tensor recorded(Tensor x) {
      return Ops.geluTanh(x);
    }

    @Override
    void inPlace(Tensor x) {
      Ops.geluTanhInPlace(x);
    }

    @Override
    Tensor backward(Tensor x, Tensor dy) {
      return Vjp.geluTanh(x, dy);
    }
  };

  abstract Tensor recorded(Tensor x);

  abstract void inPlace(Tensor x);

  /** f'(x) ⊙ dy, written over dy. */
  abstract Tensor backward(Tensor x, Tensor dy);

  /**
   * f, and then {@code last}.
   *
   * @param last not {@link Ending#NONE}: what its backward gives is written over
   */
  public Ending then(Ending last) {
    return new Ending() {
      @Override
      public Tensor forward(Tensor u) {
        return last.forward(activated(u));
      }

      @Override
      public Tensor backward(Tensor u, Tensor dy) {
        return Nonlinearity.this.backward(u, last.backward(u, dy));
      }

      @Override
      public Tensor change(Tensor u) {
        return last.change(activated(u));
      }
    };
  }

  private Tensor activated(Tensor x) {
    if (GradMode.is_enabled()) {
      return recorded(x);
    }
    inPlace(x);
    return x;
  }
}
