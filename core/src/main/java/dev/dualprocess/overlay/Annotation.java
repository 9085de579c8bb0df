package dev.dualprocess.overlay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Objects;

/** A mark on a composition; places and lengths are fractions of the picture's sides, 0 to 1. */
public sealed interface Annotation {
  /**
   * An arrow from one place to another.
   *
   * @param fromX where it starts across
   * @param fromY where it starts down
   * @param toX where its head is across
   * @param toY where its head is down
   */
  record Arrow(double fromX, double fromY, double toX, double toY) implements Annotation {
    /** Checks the ranges, and that it has a length. */
    public Arrow {
      Fraction.require("an arrow's x", fromX);
      Fraction.require("an arrow's y", fromY);
      Fraction.require("an arrow's x", toX);
      Fraction.require("an arrow's y", toY);
      if (fromX == toX && fromY == toY) {
        throw new IllegalArgumentException("an arrow needs two different ends");
      }
    }
  }

  /**
   * A frame around part of the picture, its sides along the picture's.
   *
   * @param x its left edge
   * @param y its upper edge
   * @param width its width
   * @param height its height
   */
  record Box(double x, double y, double width, double height) implements Annotation {
    /** Checks that it lies inside the picture. */
    public Box {
      Fraction.require("a box's x", x);
      Fraction.require("a box's y", y);
      Fraction.require("a box's right edge", x + width);
      Fraction.require("a box's lower edge", y + height);
      if (!(width > 0 && height > 0)) {
        throw new IllegalArgumentException("a box needs a width and a height above 0");
      }
    }
  }

  /**
   * A text written into the picture, around its middle.
   *
   * @param text what is written
   * @param x where its middle is across
   * @param y where its middle is down
   */
  record Label(String text, double x, double y) implements Annotation {
    /** Checks the ranges. */
    public Label {
      Fraction.require("a text's x", x);
      Fraction.require("a text's y", y);
      if (text.isBlank()) {
        throw new IllegalArgumentException("a text without letters");
      }
    }
  }

  /**
   * A drawing of its own as one mark among others: {@link VisualPrompt#horizon}, {@link
   * VisualPrompt#palette}, {@link VisualPrompt#lineWeight} or {@link VisualPrompt#depth}.
   *
   * @param drawing one of these
   */
  record Mark(VisualPrompt drawing) implements Annotation {
    /**
     * Checks what it is.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    public Mark {
      if (!(Objects.requireNonNull(drawing, "drawing") instanceof Control)) {
        throw new IllegalArgumentException(
            "a mark is a horizon, a palette, a line weight or a depth, not " + drawing);
      }
    }
  }

  /** Reads one annotation of a composition's file. */
  static Annotation of(JsonNode node) {
    AnnotationForm.require(node);
    if (node.has("horizon")) {
      return new Mark(VisualPrompt.horizon(number(node, "horizon")));
    }
    if (node.has("lineWeight")) {
      return new Mark(VisualPrompt.lineWeight(number(node, "lineWeight")));
    }
    if (node.has("palette")) {
      return new Mark(VisualPrompt.palette(node.get("palette").asText("")));
    }
    if (node.has("depth")) {
      double[] n = numbers(node, "depth", 4);
      return new Mark(VisualPrompt.depth(n[0], n[1], n[2], n[3]));
    }
    if (node.has("arrow")) {
      double[] n = numbers(node, "arrow", 4);
      return new Arrow(n[0], n[1], n[2], n[3]);
    }
    if (node.has("box")) {
      double[] n = numbers(node, "box", 4);
      return new Box(n[0], n[1], n[2], n[3]);
    }
    if (node.path("text").isTextual()) {
      double[] n = numbers(node, "at", 2);
      return new Label(node.get("text").asText(), n[0], n[1]);
    }
    throw new IllegalArgumentException("'text' must be a text: " + AnnotationForm.shown(node));
  }

  /** This annotation as {@link #of} reads it. */
  default ObjectNode toJson() {
    ObjectNode json = Control.json();
    if (this instanceof Arrow a) {
      json.putArray("arrow").add(a.fromX()).add(a.fromY()).add(a.toX()).add(a.toY());
    } else if (this instanceof Box b) {
      json.putArray("box").add(b.x()).add(b.y()).add(b.width()).add(b.height());
    } else if (this instanceof Label label) {
      json.put("text", label.text()).putArray("at").add(label.x()).add(label.y());
    } else if (this instanceof Mark mark && mark.drawing() instanceof Control control) {
      return control.toJson();
    }
    return json;
  }

  private static double number(JsonNode node, String field) {
    if (!node.get(field).isNumber()) {
      throw new IllegalArgumentException(
          "'" + field + "' must be a number: " + AnnotationForm.shown(node));
    }
    return node.get(field).asDouble();
  }

  private static double[] numbers(JsonNode node, String field, int count) {
    JsonNode list = node.path(field);
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      if (list.size() != count || !list.path(i).isNumber()) {
        throw new IllegalArgumentException(
            "'" + field + "' needs " + count + " numbers: " + AnnotationForm.shown(node));
      }
      numbers[i] = list.get(i).asDouble();
    }
    return numbers;
  }
}
