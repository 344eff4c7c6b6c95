import locale, sys, time, os
print(locale.getlocale(), locale.setlocale(locale.LC_ALL), locale.getpreferredencoding(False), locale.localeconv())
print(sys.getfilesystemencoding(), sys.getfilesystemencodeerrors(), sys.getdefaultencoding(), time.tzname, time.timezone, os.strerror(2))
open("text", "w").write("ä")
print(open("text", "rb").read(), f"{1234567.5:n}", sorted("aBÄbz"))
