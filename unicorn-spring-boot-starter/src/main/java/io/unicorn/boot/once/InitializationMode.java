package io.unicorn.boot.once;

/**
 * Says which workers initialize what all workers share ({@code unicorn.initialization}).
 */
public enum InitializationMode {

	/** The first worker of a start or of a roll-out. */
	FIRST,

	/** Every worker, as each would by itself. */
	EVERY

}
