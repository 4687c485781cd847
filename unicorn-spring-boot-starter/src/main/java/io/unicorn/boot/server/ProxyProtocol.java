package io.unicorn.boot.server;

/**
 * The versions of the PROXY protocol that connections begin with.
 */
public enum ProxyProtocol {

	/** Connections have no header. */
	OFF,

	/** A line of text. */
	V1,

	/** A binary header. */
	V2,

	/** A header of either version. */
	AUTO;

	boolean isText() {
		return this == V1 || this == AUTO;
	}

	boolean isBinary() {
		return this == V2 || this == AUTO;
	}

}
