package io.unicorn.posix;

/**
 * Prints the nice value of this process, and the one that it may come back from.
 */
final class NicenessMain {

	private NicenessMain() {
	}

	public static void main(String... args) {
		Niceness niceness = new Niceness(Kernel.load());
		System.out.println(niceness.own() + " -> " + niceness.yielding());
	}

}
