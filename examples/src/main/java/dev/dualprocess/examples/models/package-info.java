/** Finding models: bundled ones, folders, and the local hub cache. */
package dev.dualprocess.examples.models;
