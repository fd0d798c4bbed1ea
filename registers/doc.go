// Package registers reads the lists in which the sector's settings stand: Get Information About Schools (GIAS) of the
// Department for Education, and Ofsted's list of social care. It reads a file once, from its start to its end, a line at a
// time, and knows nothing of a database: what it gives is what the file says.
package registers
