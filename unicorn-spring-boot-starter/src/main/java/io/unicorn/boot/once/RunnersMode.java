package io.unicorn.boot.once;

/**
 * Says which workers run the runners of the application ({@code unicorn.runners}).
 */
public enum RunnersMode {

	/** The first worker of a start or of a roll-out. */
	FIRST,

	/** Every worker, as each would by itself. */
	EVERY

}
