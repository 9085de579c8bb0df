/** What the tests of every module share: golden data and comparisons. */
package dev.dualprocess.testing;
