package io.unicorn.boot.doctor;

/**
 * Something in the application that works in one process and not in several.
 *
 * @param id what kind of finding it is, by which it is silenced
 * @param place the bean, the property or the file
 * @param problem what goes wrong with several processes
 * @param advice what to do
 */
public record Finding(String id, String place, String problem, String advice) {

	/** Return it as one line. */
	@Override
	public String toString() {
		return "[" + this.id + "] " + this.place + ": " + this.problem + ". " + this.advice + ".";
	}

}
