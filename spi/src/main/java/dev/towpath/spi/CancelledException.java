package dev.towpath.spi;

/** Work that stopped because somebody asked it to. */
public final class CancelledException extends TowpathException {
  private static final long serialVersionUID = 1L;

  /** Cancelled. */
  public CancelledException() {
    super("cancelled");
  }

  /** Cancelled, as another exception told. */
  public CancelledException(Throwable cause) {
    super("cancelled", null, cause);
  }
}
