package io.unicorn.posix;

/**
 * Prints the nice value of this process, the one that it may come back from, and whether
 * its compiler can be made to wait.
 */
final class NicenessMain {

	private NicenessMain() {
	}

	public static void main(String... args) {
		Niceness niceness = new Niceness(Kernel.load());
		Posix posix = new JnrPosix();
		System.out.println(niceness.own() + " -> " + niceness.yielding() + ", " + posix.compileWhenIdle(posix.pid()));
	}

}
